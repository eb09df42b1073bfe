// GlacierRetrieveArchive on the strict vault server and an in-memory bucket, look by look: what is started, read and stored; rates,
// refusals, damaged bytes, outputs that expire, attempts that are cut off. Time is the test's own.
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import { NotYet, type OperationContext } from '../../../../operations/operation';
import { versionIdOf } from '../../../../operations/vaults/archive-row';
import { ByteBudget } from '../../../../storage/byte-budget';
import { MIB } from '../../../../storage/glacier/tree-hash';
import type { ObjectStore } from '../../../../storage/object-store';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';
import { MemoryTaskNotes } from '../../../support/memory-store/task-notes';
import { row } from '../../../support/operation-runner';
import { vaultsAt } from '../../../support/vault-server/client';
import { madeContent } from '../../../support/vault-server/content';
import type { Archive } from '../../../support/vault-server/model';
import { startVaultServer, type VaultServer } from '../../../support/vault-server/server';

const HOUR_MS = 60 * 60 * 1_000;
const TARGET = { TargetResource: 'arn:aws:s3:::home' };
const SUCCEEDED = { status: 'succeeded', httpStatus: 200, message: 'Successful' };

let server: VaultServer;
let store: MemoryStore;
let context: OperationContext;
let notes: MemoryTaskNotes;
const cleanups: (() => Promise<void>)[] = [];

beforeEach(async () => {
  jest.useFakeTimers({ now: new Date('2026-11-01T00:00:00Z'), doNotFake: [...REAL] });
  server = await startVaultServer();
  server.model.createVault('photos');
  const client = vaultsAt(server.endpoint);
  cleanups.push(
    () => client.close(),
    () => server.close(),
  );
  store = new MemoryStore();
  store.createBucket('home');
  const transfer = { multipartPartBytes: 5 * MIB };
  notes = new MemoryTaskNotes();
  context = { jobId: 'job-1', ...memoryRoleStores(store, { vaults: client.vaults, transfer }), notes };
});

afterEach(async () => {
  jest.useRealTimers();
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** All but Date. */
const REAL = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

function pass(ms: number): void {
  jest.setSystemTime(Date.now() + ms);
}

type Seen = TaskOutcome | { readonly waitsFor: string };

/** One attempt of a batch with these rows, one after the other. */
async function look(tasks: readonly Task[], given: JsonObject = {}, used = context): Promise<Seen[]> {
  const perform = parseOperation({ GlacierRetrieveArchive: { ...TARGET, ...given } }).bind(used);
  const seen: Seen[] = [];
  for (const task of tasks) {
    try {
      seen.push(await perform(task, new AbortController().signal));
    } catch (error) {
      if (!(error instanceof NotYet)) throw error;
      seen.push({ waitsFor: error.message });
    }
  }
  return seen;
}

function taskOf({ id, content, hashes, createdAt }: Archive, key: string, number = 0): Task {
  const versionId = versionIdOf({
    archiveId: id,
    bytes: content.bytes,
    createdAt: createdAt.toISOString(),
    treeHash: hashes.root,
  });
  return { ...row(key, versionId, 'photos'), row: number };
}

function stored(bytes: number, key = 'a.jpg', number = 0): { archive: Archive; task: Task } {
  const createdAt = new Date('2013-05-01T12:00:00Z');
  const archive = server.model.store('photos', madeContent(bytes, bytes + number), { description: key, createdAt });
  return { archive, task: taskOf(archive, key, number) };
}

function isHome({ content }: Archive, key = 'a.jpg'): boolean {
  return store.peek('home', key)?.body.equals(content.slice(0, content.bytes)) ?? false;
}

test.each([1, MIB + 1, 8 * MIB, 8 * MIB + 1, 20 * MIB + 5])(
  'an archive of %i bytes comes home as it is',
  async (bytes) => {
    const { archive, task } = stored(bytes);
    expect(await look([task])).toEqual([{ waitsFor: 'their retrieval' }]);
    pass(2 * HOUR_MS);
    expect(await look([task])).toEqual([{ waitsFor: 'their retrieval' }]);
    pass(3 * HOUR_MS);
    expect(await look([task])).toEqual([SUCCEEDED]);
    expect(isHome(archive)).toBe(true);
    expect(store.peek('home', 'a.jpg')?.metadata).toEqual({
      'glacier-vault': 'photos',
      'glacier-archive-id': archive.id,
      'glacier-creation-date': '2013-05-01T12:00:00Z',
      'glacier-sha256-tree-hash': archive.hashes.root,
      'glacier-archive-description': 'a.jpg',
    });
    expect(server.model.retrievals).toEqual([archive.id]);
    expect(server.served.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(bytes);
    // A second run neither starts nor reads anything.
    pass(48 * HOUR_MS);
    expect(await look([task])).toEqual([SUCCEEDED]);
    expect(server.model.retrievals).toHaveLength(1);
  },
);

test('no more are started than may be in flight, nor more bytes in an hour', async () => {
  const all = [0, 1, 2, 3].map((i) => stored(100, `k${i}`, i).task);
  const turn = { waitsFor: 'their turn (2 retrievals are in flight)' };
  const retrieval = { waitsFor: 'their retrieval' };
  expect(await look(all, { MaxRetrievalsInFlight: 2 })).toEqual([retrieval, retrieval, turn, turn]);
  expect(await look(all, { MaxRetrievalsInFlight: 2 })).toEqual([retrieval, retrieval, turn, turn]);
  const hour = { waitsFor: 'their turn (MaxBytesPerHour is used up)' };
  expect(await look(all, { MaxBytesPerHour: 300 })).toEqual([retrieval, retrieval, retrieval, hour]);
  expect(await look(all, { MaxBytesPerHour: 300 })).toEqual([retrieval, retrieval, retrieval, hour]);
  pass(HOUR_MS);
  expect(await look(all, { MaxBytesPerHour: 300 })).toEqual([retrieval, retrieval, retrieval, retrieval]);
  expect(server.model.retrievals).toHaveLength(4);
});

test('nor what costs more in an hour, by the bytes and by the retrieval', async () => {
  const all = [0, 1, 2, 3].map((i) => stored(100, `k${i}`, i).task);
  const retrieval = { waitsFor: 'their retrieval' };
  const hour = { waitsFor: 'their turn (MaxCostPerHour is used up)' };
  // 1 for the bytes of each, and 2 for its retrieval.
  const given = { MaxCostPerHour: 7, PricePerGB: 1e7, PricePerThousandRetrievals: 2_000 };
  expect(await look(all, given)).toEqual([retrieval, retrieval, hour, hour]);
  pass(HOUR_MS);
  expect(await look(all, { ...given, MaxCostPerHour: 3 })).toEqual([retrieval, retrieval, retrieval, hour]);
  expect(server.model.retrievals).toHaveLength(3);
});

test('one that is larger than an hour may have is started alone', async () => {
  const [small, large] = [stored(10, 'small').task, stored(1_000, 'large', 1).task];
  const given = { MaxBytesPerHour: 100 };
  expect(await look([small, large], given)).toEqual([
    { waitsFor: 'their retrieval' },
    { waitsFor: 'their turn (MaxBytesPerHour is used up)' },
  ]);
  pass(HOUR_MS);
  expect(await look([large], given)).toEqual([{ waitsFor: 'their retrieval' }]);
});

test('a retrieval that somebody has started already is used', async () => {
  const { archive, task } = stored(9 * MIB);
  server.model.start('photos', { Type: 'archive-retrieval', ArchiveId: archive.id, RetrievalByteRange: '0-1048575' });
  server.model.start('photos', { Type: 'archive-retrieval', ArchiveId: archive.id, Description: 'by hand' });
  pass(5 * HOUR_MS);
  expect(await look([task])).toEqual([SUCCEEDED]);
  expect(server.model.retrievals).toHaveLength(2);
  expect(isHome(archive)).toBe(true);
});

test('what the policy, capacity or the rate refuse is asked for again at the next look, and once in a look', async () => {
  const all = [0, 1, 2].map((i) => stored(100, `k${i}`, i).task);
  server.model.policyBytesPerHour = 50;
  const [first, ...others] = await look(all);
  expect(first).toEqual({ waitsFor: expect.stringMatching(/^the service \(PolicyEnforcedException: /) as string });
  expect(others).toEqual([first, first]);
  expect(server.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  server.model.policyBytesPerHour = undefined;
  server.model.hasExpeditedCapacity = false;
  const [refused] = await look(all, { GlacierJobTier: 'EXPEDITED' });
  expect(refused).toEqual({ waitsFor: expect.stringContaining('InsufficientCapacityException') as string });
  server.model.hasExpeditedCapacity = true;
  expect(await look(all, { GlacierJobTier: 'EXPEDITED' })).toEqual(Array(3).fill({ waitsFor: 'their retrieval' }));
});

test('a retrieval whose answer was lost is not started twice', async () => {
  const { task } = stored(100);
  server.faults.lostStarts = 1;
  expect(await look([task])).toEqual([{ waitsFor: 'an answer that was lost' }]);
  expect(await look([task])).toEqual([{ waitsFor: 'their retrieval' }]);
  expect(server.model.retrievals).toHaveLength(1);
});

test('an archive that is not there, or whose retrieval fails, is a failed row', async () => {
  const { archive, task } = stored(100);
  server.model.failing.set(archive.id, 'Internal failure');
  const gone = row('gone', 'kkkkkkkk.1', 'photos');
  const [, missing] = await look([task, gone]);
  expect(missing).toMatchObject({ status: 'failed', httpStatus: 404, errorCode: 'ResourceNotFoundException' });
  pass(5 * HOUR_MS);
  expect(await look([task])).toEqual([
    expect.objectContaining({
      errorCode: 'RetrievalFailed',
      message: expect.stringContaining('Internal failure') as string,
    }),
  ]);
  // Another job asks anew.
  expect(await look([task], {}, { ...context, jobId: 'job-2' })).toEqual([{ waitsFor: 'their retrieval' }]);
});

test('an output that has expired is asked for again', async () => {
  const { archive, task } = stored(9 * MIB);
  await look([task]);
  pass(30 * HOUR_MS);
  expect(await look([task])).toEqual([{ waitsFor: 'their retrieval' }]);
  pass(5 * HOUR_MS);
  expect(await look([task])).toEqual([SUCCEEDED]);
  expect(server.model.retrievals).toEqual([archive.id, archive.id]);
});

test('an attempt that is cut off is gone on with, range by range, also after the output has expired', async () => {
  const { archive, task } = stored(36 * MIB + 3);
  await look([task]);
  pass(5 * HOUR_MS);
  const cut = { calls: 0 };
  await expect(look([task], {}, { ...context, storeFor: () => cutOff(store, 3, cut) })).rejects.toThrow('killed');
  expect(store.keys('home')).toEqual([]);
  const before = server.served.length;
  const next = { ...context, notes: notes.again() };
  pass(30 * HOUR_MS);
  expect(await look([task], {}, next)).toEqual([{ waitsFor: 'their retrieval' }]);
  pass(5 * HOUR_MS);
  expect(await look([task], {}, next)).toEqual([SUCCEEDED]);
  expect(isHome(archive)).toBe(true);
  // Five ranges; the parts that arrived are not read again.
  expect(server.served.length - before).toBeLessThanOrEqual(5 - 3 + 1);
});

/** Takes so many parts, then nothing more: a worker that is killed. */
function cutOff(whole: ObjectStore, partsMax: number, cut: { calls: number }): ObjectStore {
  return new Proxy(whole, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (name === 'uploadPart') cut.calls += 1;
        if (cut.calls > partsMax) throw new Error('killed');
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}

test('as many archives at a time as there is memory for a range of each do not wait for each other', async () => {
  const all = [0, 1, 2].map((i) => stored(9 * MIB, `k${i}`, i));
  const memory = new ByteBudget(3 * 8 * MIB);
  const tight = { ...context, transfer: { ...context.transfer, memory } };
  const perform = parseOperation({ GlacierRetrieveArchive: TARGET }).bind(tight);
  await look(all.map(({ task }) => task));
  pass(5 * HOUR_MS);
  const { signal } = new AbortController();
  expect(await Promise.all(all.map(({ task }) => perform(task, signal)))).toEqual([SUCCEEDED, SUCCEEDED, SUCCEEDED]);
  expect(memory.inUse).toBe(0);
});

test('damaged bytes are read once more; those that stay so are kept aside', async () => {
  const { archive, task } = stored(9 * MIB);
  await look([task]);
  pass(5 * HOUR_MS);
  server.faults.damaged = 1;
  expect(await look([task])).toEqual([SUCCEEDED]);
  expect(isHome(archive)).toBe(true);

  const other = stored(3 * MIB, 'b.jpg', 1);
  await look([other.task]);
  pass(5 * HOUR_MS);
  server.faults.damaged = 100;
  expect(await look([other.task])).toEqual([
    expect.objectContaining({
      errorCode: 'TreeHashMismatch',
      message: expect.stringContaining('kept as b.jpg.tree-hash-mismatch') as string,
    }),
  ]);
  expect(store.keys('home')).toEqual(['a.jpg', 'b.jpg.tree-hash-mismatch']);
  expect(store.peek('home', 'b.jpg.tree-hash-mismatch')?.metadata).not.toHaveProperty('glacier-sha256-tree-hash');
});

test('a key that another object has is left alone, before anything is paid for', async () => {
  store.seed('home', 'a.jpg', 'something else');
  const { task } = stored(100);
  expect(await look([task])).toEqual([expect.objectContaining({ httpStatus: 412, errorCode: 'KeyTaken' })]);
  expect(server.model.retrievals).toEqual([]);
  const twins = [stored(100, 'same', 1), stored(100, 'same', 2)];
  await look(twins.map(({ task: twin }) => twin));
  pass(5 * HOUR_MS);
  const [one, two] = await look(twins.map(({ task: twin }) => twin));
  expect(one).toEqual(SUCCEEDED);
  expect(two).toMatchObject({ errorCode: 'KeyTaken' });
});

test('a row with the bare id is enough, unless bytes are counted; a row whose tree hash is another one is not', async () => {
  const { archive, task } = stored(100);
  const bare = row(archive.id, undefined, 'photos');
  expect(await look([bare], { MaxBytesPerHour: 1_000 })).toEqual([
    expect.objectContaining({
      errorCode: 'InvalidRequest',
      message: expect.stringContaining('MaxBytesPerHour') as string,
    }),
  ]);
  const wrong = row('w', `${archive.id}.100..${'0'.repeat(64)}`, 'photos');
  await look([bare]);
  pass(5 * HOUR_MS);
  expect(await look([wrong])).toEqual([expect.objectContaining({ errorCode: 'TreeHashMismatch' })]);
  expect(await look([bare], { TargetKey: 'by-id/{versionId}' })).toEqual([SUCCEEDED]);
  expect(isHome(archive, `by-id/${archive.id}`)).toBe(true);
  expect(await look([row('no archive id', undefined, 'photos'), task])).toEqual([
    expect.objectContaining({ errorCode: 'InvalidRequest' }),
    SUCCEEDED,
  ]);
});

describe('composed with others', () => {
  const retrieve = { GlacierRetrieveArchive: TARGET };
  const tag = { S3PutObjectTagging: { TagSet: [{ Key: 'from', Value: 'vault' }] } };

  test('the next steps of a pipeline are about the object that came home, when it has', async () => {
    const { task } = stored(100);
    const perform = (): Promise<TaskOutcome> =>
      parseOperation({ Pipeline: { Steps: [retrieve, tag] } }).bind(context)(task, new AbortController().signal);
    await expect(perform()).rejects.toBeInstanceOf(NotYet);
    pass(5 * HOUR_MS);
    expect(await perform()).toMatchObject({ status: 'succeeded' });
    expect(store.peek('home', 'a.jpg')?.tags).toEqual([{ Key: 'from', Value: 'vault' }]);
  });

  test.each([
    [{ ...retrieve, When: { MatchAnyStorageClass: ['GLACIER'] } }, 'a condition can ask for nothing else'],
    [{ Pipeline: { Steps: [retrieve] }, When: { MatchAnyStorageClass: ['GLACIER'] } }, 'a condition can ask'],
    [{ Pipeline: { Steps: [tag, retrieve] } }, 'may only be the first one'],
    [{ Pipeline: { Steps: [retrieve, { ...tag, AppliesTo: 'Source' }] } }, 'applies to the archive itself'],
  ])('refused: %j', (element, reason) => {
    expect(() => parseOperation(element as JsonObject)).toThrow(reason);
  });
});
