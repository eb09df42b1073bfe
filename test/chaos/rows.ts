/** The manifest of one job of a script, and where its objects are. */
import type { JobPlan } from './script';

export const SOURCE = 'chaos-source';
export const TARGET = 'chaos-target';
export const MANIFESTS = 'chaos-manifests';
export const REPORTS = 'chaos-reports';
/** Nobody has any business here. */
export const BYSTANDERS = 'chaos-bystanders';
export const BUCKETS = [SOURCE, TARGET, MANIFESTS, REPORTS, BYSTANDERS];

/** Characters that get lost on the way when somebody is careless. */
const ODD_NAMES = ['with space', 'ümlaut', 'plus+sign', '100%25', 'comma,and"quote"', 'a&b=c'];

export interface ManifestRow {
  /** As the manifest spells it. */
  readonly spelled: string;
  /** Absent: no task can be made of the row. */
  readonly key?: string;
  readonly isThere: boolean;
}

/** Folder of a job's objects, in source and target. */
export function folderOf(seed: number, { name }: JobPlan): string {
  return `s${seed}/${name}/`;
}

export function rowsOf(seed: number, job: JobPlan): ManifestRow[] {
  const folder = folderOf(seed, job);
  const row = (name: string, isThere: boolean): ManifestRow => {
    const key = `${folder}${name}`;
    return { spelled: key.split('/').map(encodeURIComponent).join('/'), key, isThere };
  };
  const objects = Array.from({ length: job.objects }, (_, index) => row(objectName(index), true));
  const rows = [
    ...objects,
    ...objects.slice(0, job.duplicates),
    ...Array.from({ length: job.missing }, (_, index) => row(`missing-${index}`, false)),
  ];
  // Spread over the manifest, and so over the batches.
  const step = Math.max(1, Math.floor(rows.length / (job.unreadable + 1)));
  const unreadable = { spelled: `${folder}%E9`, isThere: false };
  for (let count = job.unreadable; count > 0; count -= 1) rows.splice(step * count, 0, unreadable);
  return rows;
}

function objectName(index: number): string {
  const odd = ODD_NAMES[index - 3];
  return odd ?? `cow-${String(index).padStart(4, '0')}`;
}

/** Objects beside those of the manifest: they must stay as they are. */
export function besidesOf(seed: number, job: JobPlan): string[] {
  return ['beside', 'below/beside', 'cow-'].map((name) => `${folderOf(seed, job)}${name}`);
}

export function manifestOf(rows: readonly ManifestRow[]): string {
  return rows.map(({ spelled }) => `${SOURCE},${spelled}\n`).join('');
}

/** Where a copy or move puts the object of this key. */
export function targetKeyOf(key: string): string {
  return `to/${key}`;
}

export const METADATA = { chaos: 'seen' };
export const TAG = { Key: 'chaos', Value: 'seen' };

export function operationOf({ kind }: JobPlan): Readonly<Record<string, unknown>> {
  const target = { TargetResource: `arn:aws:s3:::${TARGET}`, TargetKeyPrefix: 'to' };
  switch (kind) {
    case 'tag':
      return { S3PutObjectTagging: { TagSet: [TAG] } };
    case 'metadata':
      return { S3PutObjectMetadata: { UserMetadata: METADATA } };
    case 'copy':
      return { S3PutObjectCopy: target };
    case 'largeCopy':
      // To look at the source first: this store has no limit of CopyObject that would make Drover copy in parts.
      return { S3PutObjectCopy: { ...target, Preserve: ['StorageClass'] } };
    case 'delete':
      return { S3DeleteObject: {} };
    case 'move':
    case 'largeMove':
      return { S3MoveObject: target };
    case 'pipeline':
      return {
        Pipeline: {
          Steps: [
            { S3PutObjectCopy: target },
            { S3VerifyObject: { Exists: true } },
            { S3DeleteObject: {}, AppliesTo: 'Source' },
          ],
        },
      };
  }
}
