/**
 * Goal: the results files hold every row of the parts once and in order, within the size limit, with true checksums.
 * Method: random parts compacted into a fake store and re-read; examples for limits, refusals and cancellation.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { Task, TaskOutcome } from '../../../contracts/engine/outcome';
import {
  type CompactOptions,
  compactParts,
  type CompactProgress,
  type FinalOutcome,
  PartBuilder,
  type PartScope,
  putReportObject,
  type ReportFile,
} from '../../../reports';
import { StoreError } from '../../../storage/store-error';
import { FakeStore } from './fake-store';
import { anyFinal, anyTask, readRows, valuesOf } from './samples';

type Entry = [Task, TaskOutcome];

function partOf(entries: readonly Entry[], scope: PartScope = 'AllTasks'): Buffer {
  const builder = new PartBuilder(scope);
  for (const [task, outcome] of entries) builder.add(task, outcome);
  return builder.encode();
}

async function* inTurn(parts: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* parts;
}

function compact(fake: FakeStore, parts: readonly Buffer[], more: Partial<CompactOptions> = {}): Promise<ReportFile[]> {
  const keyOf: CompactOptions['keyOf'] = (status, sequence) => `${status}-${sequence}.csv`;
  return compactParts({
    parts: inTurn(parts),
    store: fake.asStore(),
    bucket: 'reports',
    keyOf,
    fileBytesMax: 1_000,
    ...more,
  });
}

function contentOf(fake: FakeStore, file: ReportFile): Buffer {
  return fake.objects.get(`reports/${file.key}`)!;
}

/** Rows of 30 bytes. */
function rows(count: number, status: 'succeeded' | 'failed' = 'succeeded'): Entry[] {
  const outcome: TaskOutcome =
    status === 'succeeded'
      ? { status, httpStatus: 200, message: 'ok5678' }
      : { status, httpStatus: 404, errorCode: 'NoSuchKey', message: 'ab' };
  return Array.from({ length: count }, (_, row) => [{ bucket: 'b', key: 'k', manifestKey: 'k123', row }, outcome]);
}

const pending = fc.constant<TaskOutcome>({ status: 'pending' });
const anyParts = fc.array(fc.array(fc.tuple(anyTask, fc.oneof(anyFinal, pending)), { maxLength: 8 }), {
  maxLength: 12,
});

test('all rows of all parts are in the files, in order, and the files are as they are described', async () => {
  await fc.assert(
    fc.asyncProperty(anyParts, fc.integer({ min: 1, max: 2_000 }), async (parts, fileBytesMax) => {
      const fake = new FakeStore();
      const files = await compact(
        fake,
        parts.map((part) => partOf(part)),
        { fileBytesMax },
      );
      expect(fake.objects.size).toBe(files.length);
      for (const status of ['succeeded', 'failed'] as const) {
        const ofStatus = files.filter((file) => file.status === status);
        const expected = parts.flat().filter(([, outcome]) => outcome.status === status);
        const found = ofStatus.flatMap((file) => readRows(contentOf(fake, file)));
        expect(found).toEqual(expected.map(([task, outcome]) => valuesOf(task, outcome as FinalOutcome)));
        expect(ofStatus.map((file) => file.key)).toEqual(ofStatus.map((_, sequence) => `${status}-${sequence}.csv`));
      }
      for (const file of files) {
        const content = contentOf(fake, file);
        const md5 = createHash('md5').update(content).digest('hex');
        expect(file).toMatchObject({ md5, bytes: content.length, rows: readRows(content).length });
      }
    }),
  );
});

test('files are ended before a part that would exceed the limit; a part beyond the limit has a file of its own', async () => {
  const fake = new FakeStore();
  const parts = [rows(2), rows(3), rows(5), rows(20), rows(1)].map((part) => partOf(part));
  const progress: CompactProgress[] = [];
  const files = await compact(fake, parts, { fileBytesMax: 10 * 30, onProgress: (now) => progress.push(now) });
  expect(files.map((file) => [file.rows, file.bytes])).toEqual([
    [10, 300],
    [20, 600],
    [1, 30],
  ]);
  expect(progress.at(-1)).toEqual({ parts: 5, rows: 31, bytes: 930 });
  expect([...fake.contentTypes]).toEqual(['text/csv']);
});

test('takes a list of promises; no rows, no files; pending rows are in none', async () => {
  const fake = new FakeStore();
  const parts = [partOf([]), partOf(rows(3), 'NoTasks'), partOf(rows(3), 'FailedTasksOnly')];
  const waiting: Entry[] = rows(2).map(([task]) => [task, { status: 'pending' }]);
  expect(await compact(fake, [...parts, partOf(waiting)])).toEqual([]);
  const promises = [rows(2, 'failed'), rows(1)].map((part) => Promise.resolve(partOf(part)));
  expect(await compact(fake, [], { parts: promises })).toMatchObject([
    { status: 'succeeded', rows: 1 },
    { status: 'failed', rows: 2 },
  ]);
});

test('a retry writes the same objects', async () => {
  const fake = new FakeStore();
  const parts = [partOf(rows(4)), partOf(rows(3, 'failed'))];
  const first = await compact(fake, parts);
  expect(await compact(fake, parts)).toEqual(first);
  expect(fake.objects.size).toBe(2);
});

describe('when writing fails', () => {
  test.each([
    [403, 'AccessDenied'],
    [404, 'NoSuchBucket'],
  ])('status %d is told as a report that is not writable', async (httpStatus, code) => {
    const fake = new FakeStore();
    fake.failure = new StoreError(code, httpStatus, 'no');
    await expect(compact(fake, [partOf(rows(1))])).rejects.toMatchObject({
      code: 'ReportNotWritable',
      message:
        'The job report could not be written to your report bucket. Please check your permissions. ' +
        `Bucket reports: ${httpStatus} ${code}: no`,
    });
  });

  test.each([
    [0, 'ConnectionRefused'],
    [400, 'RequestTimeout'],
    [408, 'Some'],
    [409, 'OperationAborted'],
    [409, 'ConditionalRequestConflict'],
    [429, 'Some'],
    [500, 'Some'],
    [503, 'Some'],
  ])('%i %s is tried again', async (httpStatus, code) => {
    const fake = new FakeStore();
    fake.failure = new StoreError(code, httpStatus, 'later');
    await expect(putReportObject(fake.asStore(), 'reports', 'k', 'text', {})).rejects.toMatchObject({
      code: 'StoreUnreachable',
      retryable: true,
      cause: fake.failure,
    });
  });

  test("a part that can't be read ends it", async () => {
    const parts = [Promise.resolve(partOf(rows(1))), Promise.reject(new StoreError('NoSuchKey', 404, 'gone'))];
    await expect(compact(new FakeStore(), [], { parts })).rejects.toMatchObject({ code: 'NoSuchKey' });
  });

  test('an aborted signal ends it before the next part', async () => {
    const fake = new FakeStore();
    const controller = new AbortController();
    const parts = [partOf(rows(1)), partOf(rows(1))];
    const onProgress = (): void => controller.abort(new Error('cancelled'));
    await expect(compact(fake, parts, { signal: controller.signal, onProgress })).rejects.toThrow('cancelled');
    expect(fake.objects.size).toBe(0);
  });
});
