import type { ManifestField } from '../../contracts/job';

const KNOWN: readonly string[] = ['Ignore', 'Bucket', 'Key', 'VersionId'] satisfies ManifestField[];

/**
 * What is wrong with a manifest's `Spec.Fields`, in words for the person; undefined when nothing is.
 * Bucket and Key are needed once each, VersionId may appear once, Ignore as often as wished (API_control_JobManifestSpec).
 */
export function manifestFieldsProblem(fields: readonly string[]): string | undefined {
  const unknown = fields.find((field) => !KNOWN.includes(field));
  if (unknown !== undefined) return `Unknown field in the manifest schema: ${unknown}. Use ${KNOWN.join(', ')}.`;
  const missing = ['Bucket', 'Key'].filter((field) => !fields.includes(field));
  if (missing.length > 0) return `Required fields are missing in the schema: ${missing.join(', ')}`;
  const repeated = ['Bucket', 'Key', 'VersionId'].find((field) => fields.indexOf(field) !== fields.lastIndexOf(field));
  return repeated === undefined ? undefined : `Field appears more than once in the manifest schema: ${repeated}`;
}

/** Column numbers, from 0. */
export interface ManifestColumns {
  readonly count: number;
  readonly bucket: number;
  readonly key: number;
  /** -1 when the manifest has no such column. */
  readonly versionId: number;
}

/** For fields that `manifestFieldsProblem` has let pass. */
export function manifestColumns(fields: readonly ManifestField[]): ManifestColumns {
  return {
    count: fields.length,
    bucket: fields.indexOf('Bucket'),
    key: fields.indexOf('Key'),
    versionId: fields.indexOf('VersionId'),
  };
}
