/**
 * Goal: the rows of a former job name the same objects again, and a row that failed for its own text is no other object.
 * Method: what a job leaves in the workspace, read back as a source, and its canonical rows parsed as a batch does.
 */
import { defined } from '../../../contracts/defined';
import { workspaceKeys } from '../../../contracts/engine/naming';
import type { JobManifest, JobRequest } from '../../../contracts/job';
import {
  canonicalRow,
  encodeIndex,
  filtersOf,
  openPart,
  parseBatch,
  planSource,
  type SourceContext,
  type SourceRow,
} from '../../../manifests';
import { encodeSegmentTable } from '../../../manifests/segments/segment-table';
import { encodePart } from '../../../reports';
import { MemoryStore } from '../../support/memory-store/store';

const FOLDER = 'jobs/former/';
const CSV = { Format: 'S3BatchOperations_CSV_20180820' } as const;

interface Given {
  readonly spec: Omit<JobManifest['Spec'], 'Format'>;
  readonly filter?: JobRequest['Filter'];
  /** The form of its rows in the plan of its source; absent: it was read in place. */
  readonly form?: object;
  readonly failed: string;
  /** Absent: the failed ones are asked for. */
  readonly skipped?: string;
  /** That the tally has. */
  readonly skippedTasks?: number;
}

/** The rows that a job of the failed rows gets, as its batch reads them. `beforeReading`: what else happens to the workspace. */
async function again(
  { spec, filter, form, failed, skipped, skippedTasks = 0 }: Given,
  beforeReading: (store: MemoryStore) => Promise<void> = async () => undefined,
) {
  const store = new MemoryStore({ buckets: ['workspace'] });
  const put = (key: string, body: Buffer | string) => store.put({ bucket: 'workspace', key }, Buffer.from(body));
  const tally = { succeeded: 0, failed: failed.split('\n').length - 1, pending: 0, skipped: skippedTasks };
  await put(workspaceKeys.index(FOLDER), encodeIndex([0, 100]));
  await put(
    workspaceKeys.part(FOLDER, 0),
    encodePart({ scope: 'FailedTasksOnly', tally, succeeded: '', failed, skipped: skipped ?? '', pending: [] }),
  );
  if (form !== undefined) {
    await put(
      workspaceKeys.segmentTable(FOLDER),
      encodeSegmentTable({ form: { fields: [], ...form }, objects: [], slices: [] }),
    );
  }
  const Manifest = { Spec: { ...CSV, ...spec }, Location: { ObjectArn: 'arn:aws:s3:::m/m.csv', ETag: 'e' } };
  const request = { Manifest, Report: { Enabled: false }, ...(filter && { Filter: filter }) } as JobRequest;
  const context = {
    workspace: { bucket: 'workspace', prefix: 'jobs/', store },
    formerJob: async () => ({ request, isRunning: false, hadTasks: async () => true }),
    signal: new AbortController().signal,
  } as unknown as SourceContext;
  const plan = await planSource(
    { Source: { FromJob: { JobId: 'former', Rows: skipped === undefined ? 'failed' : 'skipped' } } },
    context,
  );
  const rows: SourceRow[] = [];
  await beforeReading(store);
  await openPart(plan, 0, undefined, context).run({
    rows: async (_strand, given, taken) => {
      rows.push(...given);
      taken();
    },
    raw: () => Promise.reject(new Error('rows are wanted')),
    leftOut: () => undefined,
  });
  const text = Buffer.from(rows.map(canonicalRow).join(''));
  return parseBatch(text, plan.form.fields, 0, plan.form).map(({ task, refused }) => ({
    key: task.key,
    ...defined({ versionId: task.versionId }),
    ...(refused && { refused: refused.message }),
  }));
}

const NO_VERSION = { Fields: ['Bucket', 'Key'] } as const;
const VERSION = { Fields: ['Bucket', 'Key', 'VersionId'] } as const;

test.each<[string, Given, object[]]>([
  ['keys are decoded', { spec: NO_VERSION, failed: 'b,a+b%2B,,failed,404,,\n' }, [{ key: 'a b+' }]],
  [
    'raw keys are not',
    { spec: { ...NO_VERSION, KeyEncoding: 'Raw' }, failed: 'b,a+b%2B,,failed,404,,\n' },
    [{ key: 'a+b%2B' }],
  ],
  [
    'a list of raw keys that was filtered has encoded ones',
    {
      spec: { ...NO_VERSION, KeyEncoding: 'Raw' },
      filter: { Include: ['**'] },
      form: { fields: VERSION.Fields, emptyVersionId: 'Newest' },
      failed: 'b,a%2Bb,v,failed,404,,\n',
    },
    [{ key: 'a+b', versionId: 'v' }],
  ],
  [
    'several manifests of raw keys',
    { spec: NO_VERSION, form: { fields: NO_VERSION.Fields, keyEncoding: 'Raw' }, failed: 'b,a%2Bb,,failed,404,,\n' },
    [{ key: 'a%2Bb' }],
  ],
  [
    'a key that can not be decoded fails again',
    { spec: NO_VERSION, failed: 'b,caf%E9,,failed,400,InvalidRequest,x\n' },
    [{ key: 'caf%E9', refused: expect.stringContaining('invalid Key') }],
  ],
  [
    'a version id that is missing is not the newest version',
    { spec: VERSION, failed: 'b,a,,failed,400,InvalidRequest,x\nb,c,v1,failed,404,,\n' },
    [
      { key: 'a', refused: 'Task failed due to missing VersionId' },
      { key: 'c', versionId: 'v1' },
    ],
  ],
  [
    'but it is where the manifest says so',
    { spec: { ...VERSION, EmptyVersionId: 'Newest' }, failed: 'b,a,,failed,404,,\n' },
    [{ key: 'a' }],
  ],
])('%s', async (_what, given, expected) => {
  expect(await again(given)).toEqual(expected);
});

const LEFT: Given = { spec: NO_VERSION, failed: 'b,a,,failed,404,,\n' };

test('a part that was removed while it was to be read is no batch that has not begun', async () => {
  const removed = again(LEFT, async (store) => {
    // In this order, as cleaning does.
    for (const key of [workspaceKeys.index(FOLDER), workspaceKeys.part(FOLDER, 0)]) {
      await store.remove({ bucket: 'workspace', key });
    }
  });
  await expect(removed).rejects.toThrow(/rows of job former have been removed/);
});

test('skipped rows of a job that reports failed tasks alone, unless a former release has not kept them', async () => {
  const skipped = 'b,a+b,v,succeeded,200,,Skipped: x\n';
  expect(await again({ ...LEFT, skipped, skippedTasks: 1 })).toEqual([{ key: 'a b', versionId: 'v' }]);
  await expect(again({ ...LEFT, skipped: '', skippedTasks: 1 })).rejects.toMatchObject({ code: 'ManifestNotReadable' });
});

test('a batch that has not begun has no rows', async () => {
  const begun = await again(LEFT, (store) => store.remove({ bucket: 'workspace', key: workspaceKeys.part(FOLDER, 0) }));
  expect(begun).toEqual([]);
});

test.each([true, false])('a job without an index that had tasks (%s)', async (hadTasks) => {
  const request = { Report: { Enabled: false } } as JobRequest;
  const context = {
    workspace: { bucket: 'workspace', prefix: 'jobs/', store: new MemoryStore({ buckets: ['workspace'] }) },
    formerJob: async () => ({ request, isRunning: false, hadTasks: async () => hadTasks }),
    signal: new AbortController().signal,
  } as unknown as SourceContext;
  const planned = planSource({ Source: { FromJob: { JobId: 'former', Rows: 'failed' } } }, context);
  if (hadTasks) await expect(planned).rejects.toMatchObject({ code: 'ManifestNotFound' });
  else expect((await planned).parts).toEqual([]);
});

describe('a generator', () => {
  const generated = (KeyNameConstraint: object) => ({
    ManifestGenerator: {
      S3JobManifestGenerator: {
        SourceBucket: 'arn:aws:s3:::b',
        EnableManifestOutput: false,
        Filter: { KeyNameConstraint },
      },
    },
  });

  test('empty lists restrict nothing', () => {
    expect(filtersOf(generated({ MatchAnyPrefix: [], MatchAnySuffix: [] }))).toEqual([]);
  });

  test('lists below each of its prefixes, once', async () => {
    const context = {
      listAs: { b: 'pages' },
      storeFor: () => new MemoryStore({ buckets: ['b'] }),
      signal: new AbortController().signal,
    } as unknown as SourceContext;
    const { parts } = await planSource(generated({ MatchAnyPrefix: ['b/', 'a', 'a/b', 'a'] }), context);
    expect(parts.map((part) => (part as { prefix?: string }).prefix)).toEqual(['a', 'b/']);
    const all = await planSource(generated({ MatchAnySuffix: ['x'] }), context);
    expect(all.parts).toHaveLength(1);
  });
});
