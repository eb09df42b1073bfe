/** The rows of a job whose source is a bucket with quirks: its activities as the workflow calls them, and then what batches would read. */
import { ApplicationFailure } from '@temporalio/common';
import type { ListAs, PlannedSource, PreparedPart } from '../../../contracts/engine/activities';
import { workspaceKeys } from '../../../contracts/engine/naming';
import type { JobInput, JobRequest } from '../../../contracts/job';
import { decodeBatchRange, decodeSegmentTable, indexRange, SegmentMap } from '../../../manifests';
import { parseBatch } from '../../../manifests/csv/csv-rows';
import { parseOperation } from '../../../operations';
import { requestFor } from '../../support/job-fixture';
import { ACCOUNT, type QuirkBench } from './quirk-bench';
import { activitiesOf, JOB_ID, repeated, WORKSPACE } from './quirk-job';

export interface Prepared {
  readonly failure?: { readonly code: string; readonly message: string };
  /** `key`, or `key@version`, in the order of the list. */
  readonly rows: readonly string[];
}

/** As in workflows/job/read-source.ts. */
const CUTS_MAX = 3;
const BATCH_ROWS = 17;
const OPERATION = { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } };

export async function preparedRows(bench: QuirkBench, source: object): Promise<Prepared> {
  for (const bucket of ['reports', 'workspace']) bench.here.createBucket(bucket);
  const { Manifest: _none, ...request } = requestFor(OPERATION, { ETag: '' }, { Enabled: false });
  try {
    await prepare(bench, { ...request, ...source });
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    return { failure: { code: error.type ?? '', message: error.message }, rows: [] };
  }
  return { rows: await rowsOf(bench) };
}

async function prepare(bench: QuirkBench, request: JobRequest): Promise<void> {
  const job = { jobId: JOB_ID, workspace: WORKSPACE };
  const createdAt = '2026-01-01T00:00:00Z';
  const plan = { ...parseOperation(OPERATION).plan, batchRows: BATCH_ROWS };
  const input: JobInput = { ...job, account: ACCOUNT, request, plan, createdAt, region: 'r' };
  const activities = activitiesOf(bench, input);
  let listAs: ListAs | undefined = {};
  for (let cuts = 1; listAs !== undefined; cuts++) {
    if (cuts > CUTS_MAX) throw new Error('the listing contradicts itself again and again');
    const cut = { ...job, createdAt, request, plan, listAs };
    const planned = (await repeated(activities.prepareManifest, cut)) as PlannedSource;
    const parts: PreparedPart[] = [];
    for (let part = 0; part < planned.parts && parts.every((one) => one.listAs === undefined); part++) {
      parts.push(await repeated(activities.preparePart, { ...job, plan: planned.plan, part }));
    }
    const other = parts.find((part) => part.listAs !== undefined)?.listAs;
    listAs = other && { ...listAs, ...other };
    if (listAs !== undefined) continue;
    const attempts = parts.map(({ attempt }) => attempt);
    await repeated(activities.sealManifest, { ...job, plan: planned.plan, attempts });
  }
}

async function rowsOf({ here }: QuirkBench): Promise<string[]> {
  const read = (key: string): Promise<Buffer> => here.read({ bucket: WORKSPACE.bucket, key });
  const table = decodeSegmentTable((await read(workspaceKeys.segmentTable(WORKSPACE.prefix))).toString());
  const map = new SegmentMap(table);
  const index = await read(workspaceKeys.index(WORKSPACE.prefix));
  const rows: string[] = [];
  for (let batch = 0; indexRange(batch).end <= index.length; batch++) {
    const { start, end } = indexRange(batch);
    const { key, range } = map.find(decodeBatchRange(index.subarray(start, end)));
    const bytes = (await read(key)).subarray(range.start, range.end);
    for (const { task, refused } of parseBatch(bytes, table.form.fields, 0, table.form)) {
      if (refused) throw new Error(`a row is refused: ${JSON.stringify(refused)}`);
      rows.push(task.versionId === undefined ? task.key : `${task.key}@${task.versionId}`);
    }
  }
  return rows;
}
