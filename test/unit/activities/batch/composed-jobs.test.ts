/**
 * Goal: the activities carry out whatever an operation offers: a look at the bucket before the job begins, groups of tasks,
 * options beside the operation. Method: the activities in a mock context on the in-memory store, with operations made for it.
 */
import { DroverError } from '../../../../contracts/engine/failures';
import { workspaceKeys } from '../../../../contracts/engine/naming';
import { SUCCESSFUL } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { elementParser } from '../../../../operations/composing/element-parser';
import type { BoundOperation, OperationDefinition } from '../../../../operations/operation';
import { decodePart } from '../../../../reports';
import { StoreError } from '../../../../storage/store-error';
import { activityEnvironment } from '../../../support/activity-environment';
import { FakeOperations, type FakeOptions } from '../../../support/fake-operations';
import { type JobFixture, jobFixture } from '../../../support/job-fixture';

let mockOperations: readonly OperationDefinition[] = [];

jest.mock('../../../../operations', () => ({
  parseOperation: (element: unknown): BoundOperation => elementParser(mockOperations)(element),
}));

/** A job of the operation `Act`, made with these options. */
function jobOf(
  options: FakeOptions,
  fixture: Omit<Parameters<typeof jobFixture>[0], 'operation'>,
  element: JsonObject = { Act: {} },
): JobFixture & { readonly fakes: FakeOperations } {
  const fakes = new FakeOperations();
  mockOperations = [fakes.make('Act', options)];
  return { ...jobFixture({ ...fixture, operation: element }), fakes };
}

function prepare({ activities, job, createdAt, request, plan }: JobFixture): Promise<unknown> {
  return activityEnvironment().run(activities.prepareManifest, { ...job, createdAt, request, plan });
}

function runBatch({ activities, job }: JobFixture, limits = {}): Promise<unknown> {
  return activityEnvironment().run(activities.runBatch, { ...job, batch: 0, limits });
}

function rowsOf({ store, job }: JobFixture): string[] {
  const { succeeded, failed } = decodePart(store.peek('workspace', workspaceKeys.part(job.workspace.prefix, 0))!.body);
  return (succeeded + failed).split('\n').filter(Boolean);
}

describe('precheck', () => {
  const manifest = 'source,object-0\ntarget,object-1\n';

  test('sees the bucket of the first row, once, under the job’s role', async () => {
    const seen: unknown[] = [];
    const precheck: FakeOptions['precheck'] = async (bucket, context) => {
      seen.push([bucket, context.jobId, context.createdAt]);
      expect(await context.storeFor(bucket, 'read').bucketExists(bucket)).toBe(true);
    };
    const job = jobOf({ precheck }, { rows: 2, manifest });
    expect(await prepare(job)).toEqual({ totalTasks: 2, batches: 1 });
    expect(seen).toEqual([['source', job.job.jobId, new Date(job.createdAt)]]);
  });

  test('what it says fails the job for good', async () => {
    const refusal = new DroverError('ObjectLockNotEnabled', 'The bucket source has no Object Lock');
    const job = jobOf({ precheck: () => Promise.reject(refusal) }, { rows: 2, manifest });
    await expect(prepare(job)).rejects.toMatchObject({
      type: 'ObjectLockNotEnabled',
      message: 'The bucket source has no Object Lock',
      nonRetryable: true,
    });
  });

  test.each([
    [new StoreError('AccessDenied', 403, 'no'), 'BucketNotAllowed', /bucket source .*Act.*403 AccessDenied: no/, true],
    [new StoreError('NoSuchBucket', 404, 'gone'), 'StoreNotConfigured', /bucket source: 404 NoSuchBucket: gone/, true],
    [new StoreError('ECONNREFUSED', 0, 'down'), 'StoreUnreachable', /down/, false],
    [new StoreError('SlowDown', 503, 'busy'), 'StoreUnreachable', /busy/, false],
  ])('%s: %s', async (error, type, message, nonRetryable) => {
    const job = jobOf({ precheck: () => Promise.reject(error) }, { rows: 2, manifest });
    const failure = { type, message: expect.stringMatching(message), nonRetryable };
    await expect(prepare(job)).rejects.toMatchObject(failure);
  });

  test('a bucket that the role may not use is left to its rows, unless there is no other; the next one is looked at', async () => {
    const seen: string[] = [];
    const precheck: FakeOptions['precheck'] = async (bucket, context) => {
      context.storeFor(bucket, 'write');
      seen.push(bucket);
    };
    const job = jobOf({ precheck }, { rows: 2, manifest: `secret,a\n,b\n${manifest}`, denied: ['secret'] });
    await prepare(job);
    expect(seen).toEqual(['source']);
    const none = jobOf({ precheck }, { rows: 1, manifest: 'secret,a\n', denied: ['secret'] });
    await expect(prepare(none)).rejects.toThrow('names a bucket that the job may not use');
  });

  test('costs nothing where the operation has none', async () => {
    const job = jobOf({}, { rows: 2, manifest });
    await prepare(job);
    const reads = job.store.calls.filter(({ key }) => key === 'manifest.csv');
    expect(reads).toHaveLength(1);
  });
});

describe('groups', () => {
  const grouped = (sent: string[][]): FakeOptions => ({
    bindGroup: () => ({
      tasksMax: 4,
      perform: async (tasks) => {
        sent.push(tasks.map(({ key }) => key));
        return tasks.map(({ row }) =>
          row === 2 ? { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied', message: 'locked' } : SUCCESSFUL,
        );
      },
    }),
  });

  test('carry out a batch: one row each, refused ones among them', async () => {
    const sent: string[][] = [];
    const job = jobOf(grouped(sent), { rows: 0, manifest: 'source,a\nsource,b\nsource,c\n,d\nsource,e\nsource,f\n' });
    await prepare(job);
    expect(await runBatch(job)).toEqual({ status: 'done', tally: { succeeded: 4, failed: 2, pending: 0 } });
    expect(sent).toEqual([['a', 'b', 'c', 'e'], ['f']]);
    expect(job.fakes.done).toEqual([]);
    expect(
      rowsOf(job)
        .filter((row) => row.includes('failed'))
        .sort(),
    ).toEqual([
      ',d,,failed,400,InvalidRequest,Task failed due to missing Bucket',
      'source,c,,failed,403,AccessDenied,locked',
    ]);
  });

  test('hold to a limit of tasks at a time', async () => {
    const sent: string[][] = [];
    const job = jobOf(grouped(sent), { rows: 5 });
    await prepare(job);
    await runBatch(job, { requestsInFlight: 2 });
    expect(sent.map((keys) => keys.length)).toEqual([2, 2, 1]);
  });

  test('have only what the condition leaves over', async () => {
    const sent: string[][] = [];
    const When = { KeyNameConstraint: { MatchAnySuffix: ['-1'] } };
    const job = jobOf(grouped(sent), { rows: 3 }, { Act: {}, When });
    await prepare(job);
    const tally = { succeeded: 3, failed: 0, pending: 0, skipped: 2 };
    expect(await runBatch(job)).toEqual({ status: 'done', tally });
    expect(sent).toEqual([['object-1']]);
    expect(rowsOf(job).sort()).toEqual([
      'source,object-0,,succeeded,200,,Skipped: the condition does not hold',
      'source,object-1,,succeeded,200,,Successful',
      'source,object-2,,succeeded,200,,Skipped: the condition does not hold',
    ]);
  });
});
