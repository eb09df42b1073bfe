/**
 * Goal: the requests of one job do not wait for all of another's, whatever they are for. Method: two jobs with stores of their own, as
 * one worker gives them, over a bucket that takes one request at a time; the small job asks when a heap of the large one's waits.
 */
import type { Task, TaskOutcome } from '../../../contracts/engine/outcome';
import type { JobOperation } from '../../../contracts/job';
import { parseOperation } from '../../../operations';
import type { OperationContext } from '../../../operations/operation';
import { createStores } from '../../../storage/stores';
import { eventually } from '../../support/eventually';
import { GIB } from '../../support/large-copy';
import { memoryRoleStores, MemoryStore } from '../../support/memory-store/store';
import { answerOf } from '../../support/memory-store-http/server';
import { type HttpStoreStub, startHttpStoreStub, type StubAnswer } from '../../support/servers/http-store-stub';
import { oneStoreConfig, roleConfig } from '../../support/stack/stores-config';

const ROLE = 'arn:aws:iam::123456789012:role/drover';
const ACCOUNT = '123456789012';
const MANY = Array.from({ length: 64 }, (_, index) => `large/${index}`);
/** Requests of the large job that wait behind its first one: for so many parts (`copy.partsAim`), or objects. */
const HEAP = MANY.length - 1;

const COPY = { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target' } };
const DELETE_OLD = { S3DeleteObject: {}, When: { OlderThanDays: 365 } };

interface Case {
  readonly what: string;
  readonly operation: JobOperation;
  readonly large: readonly string[];
  /** The bucket that both ask, and the first of the large job's requests to it behind which the others wait. */
  readonly bucket: string;
  readonly first: RegExp;
}

test.each<Case>([
  { what: 'parts', operation: COPY, large: ['large/huge'], bucket: 'target', first: /^PUT .*partNumber=/ },
  { what: 'single deletes', operation: { S3DeleteObject: {} }, large: MANY, bucket: 'source', first: /^DELETE / },
  { what: 'condition reads', operation: DELETE_OLD, large: MANY, bucket: 'source', first: /^HEAD / },
])('$what', async ({ operation, large, bucket, first }) => {
  const bench = await openBench();
  try {
    const held = bench.hold((request) => request.includes('/large/') && first.test(request));
    const work = [run(bench.job('large', operation), large)];
    await Promise.race([held.arrived, ...work]);
    await eventually(
      async () => bench.waiting(bucket),
      (waiting) => waiting === HEAP,
      10_000,
    );
    work.push(run(bench.job('small', operation), ['small']));
    await eventually(
      async () => bench.waiting(bucket),
      (waiting) => waiting > HEAP,
      10_000,
    );
    const before = bench.stub.requests.length;
    held.release();
    await Promise.all(work);
    const next = bench.stub.requests.slice(before, before + 2);
    expect(next.filter(({ url }) => !url.includes('/large/'))).toHaveLength(1);
  } finally {
    await bench.close();
  }
});

async function openBench() {
  const store = new MemoryStore({ buckets: ['source', 'target'] });
  for (const key of [...MANY, 'small']) store.seed('source', key, 'content');
  store.seed('source', 'large/huge', 'beginning', { size: 20 * GIB });
  let hold: { readonly matches: (request: string) => boolean; readonly until: Promise<void> } | undefined;
  let arrived = (): void => undefined;
  const answer: StubAnswer = (response, { method, url, headers, body }) => {
    const { pathname, searchParams } = new URL(url, 'http://store');
    const wire = { method, path: pathname, query: searchParams, headers: headers as Record<string, string>, body };
    const isHeld = hold?.matches(`${method} ${url}`) === true;
    const gate = isHeld ? hold?.until : undefined;
    if (isHeld) {
      hold = undefined;
      arrived();
    }
    void (async () => {
      await gate;
      const { status, headers: answered, body: bytes } = await answerOf(store, wire);
      response.writeHead(status, { 'content-length': String(bytes.length), ...answered }).end(bytes);
    })();
  };
  const stub: HttpStoreStub = await startHttpStoreStub(answer);
  const config = oneStoreConfig(stub.endpoint, 'workspace', [roleConfig({ arn: ROLE })]);
  const stores = createStores({ ...config, limits: { ...config.limits, bucketRequestsInFlightMax: 1 } });
  return {
    stub,
    hold(matches: (request: string) => boolean) {
      let release = (): void => undefined;
      hold = { matches, until: new Promise((resolve) => (release = resolve)) };
      return { arrived: new Promise<void>((resolve) => (arrived = resolve)), release: () => release() };
    },
    waiting: (bucket: string): number =>
      stores
        .figures()
        .flatMap(({ buckets }) => buckets.filter((each) => each.bucket === bucket))
        .at(0)?.waiting ?? 0,
    /** Carries out a task of a job. */
    job(id: string, operation: JobOperation) {
      const role = stores.ownedBy({ id, check: () => undefined }).forRole(ROLE, ACCOUNT);
      const context: OperationContext = {
        ...memoryRoleStores(store),
        jobId: id,
        storeFor: (bucket, access) => role.storeFor(bucket, access),
        transfer: role.transfer,
      };
      const perform = parseOperation(operation).bind(context);
      return (key: string) => {
        const task: Task = { bucket: 'source', key, manifestKey: key, row: 0 };
        return perform(task, new AbortController().signal);
      };
    },
    async close() {
      await stores.close();
      await stub.close();
    },
  };
}

async function run(perform: (key: string) => Promise<TaskOutcome>, keys: readonly string[]): Promise<void> {
  const outcomes = await Promise.all(keys.map(perform));
  expect(outcomes.filter(({ status }) => status !== 'succeeded')).toEqual([]);
}
