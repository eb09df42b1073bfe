/**
 * Goal: every key comes once, in the store's order, however the key space is cut and wherever a listing was stopped; a store that can't be
 * listed so is noticed. Method: random key spaces on a store in memory that has pages of seven keys and one fault at a time.
 */
import { LIMITS } from '../../../../contracts/limits';
import { knownMode } from '../../../../manifests/listing/known-mode';
import { ListingUntrustworthy } from '../../../../manifests/listing/listing';
import { RangeListing } from '../../../../manifests/listing/range-listing';
import { AS_ON_AWS } from '../../../../storage/profile/known-stores';
import {
  list,
  ListedStore,
  nameOf,
  objects,
  type Quirks,
  randomKeys,
  seeded,
  Segments,
  versionsOf,
} from './listing-bench';

const SEEDS = 60;
const seeds = Array.from({ length: SEEDS }, (_, seed) => seed);
/** Small stores are worth splitting here. */
const splitKeysMin = LIMITS.listing.splitKeysMin;
beforeAll(() => void Object.assign(LIMITS.listing, { splitKeysMin: 3 }));
afterAll(() => void Object.assign(LIMITS.listing, { splitKeysMin: splitKeysMin }));

function storeOf(seed: number, quirks: Quirks = {}): { readonly store: ListedStore; readonly random: () => number } {
  const random = seeded(seed);
  const keys = randomKeys(random, Math.floor(random() ** 2 * 400));
  return { store: new ListedStore(objects(keys), quirks, random), random };
}

async function listed(
  store: ListedStore,
  streams: number,
  scope = {},
  known?: ListingUntrustworthy['restartAs'],
): Promise<readonly string[]> {
  let mode = known;
  for (;;) {
    try {
      return await list(store, scope, { streams, ...(mode && { mode }) });
    } catch (error) {
      if (!(error instanceof ListingUntrustworthy) || error.restartAs === undefined) throw error;
      mode = error.restartAs;
    }
  }
}

describe('every key once, in the order of the store', () => {
  test.each<[string, Quirks]>([
    ['by bytes', {}],
    ['by segments of paths', { order: 'segments' }],
    ['by UTF-16', { order: 'utf16' }],
    ['backwards', { order: 'reverse' }],
    ['pages of one key', { pageKeys: 1 }],
    ['empty pages', { emptyPages: true }],
    ['start-after is ignored', { ignoresStartAfter: true }],
    ['tokens are repeated', { repeatsToken: true }],
    ['IsTruncated is never true', { neverTruncated: true }],
    ['no tokens', { withoutTokens: true }],
  ])('%s', async (_name, quirks) => {
    for (const seed of seeds) {
      const { store, random } = storeOf(seed, quirks);
      const streams = 1 + Math.floor(random() * 8);
      expect({ seed, keys: await listed(store, streams) }).toEqual({ seed, keys: store.keys() });
    }
  });

  test.each<[known: 'bytes' | 'segments' | 'pages', quirks: Quirks]>([
    ['segments', { order: 'segments' }],
    ['segments', {}],
    ['bytes', { order: 'segments' }],
    ['bytes', { ignoresStartAfter: true }],
    ['pages', { order: 'reverse' }],
  ])('known as %s, rightly or not: %j', async (known, quirks) => {
    for (const seed of seeds) {
      const { store } = storeOf(seed, quirks);
      expect({ seed, keys: await listed(store, 5, {}, known) }).toEqual({ seed, keys: store.keys() });
    }
  });

  test('below a prefix', async () => {
    for (const seed of seeds) {
      const { store } = storeOf(seed);
      const prefix =
        store
          .keys()
          .at(Math.floor(store.keys().length / 2))
          ?.slice(0, 2) ?? 'a';
      const expected = store.keys().filter((key) => key.startsWith(prefix));
      expect({ seed, keys: await listed(store, 5, { prefix }) }).toEqual({ seed, keys: expected });
    }
  });

  test.each<[string, Quirks]>([
    ['in ranges', {}],
    ['page by page', { order: 'reverse' }],
  ])('a store that leaves out a page now and then is asked again, %s', async (_name, quirks) => {
    for (const seed of seeds) {
      const { store } = storeOf(seed, { ...quirks, leavesOut: (request) => request % 11 === 5 });
      expect({ seed, keys: await listed(store, 3) }).toEqual({ seed, keys: store.keys() });
    }
  });
});

describe('versions', () => {
  test.each(['All', 'Noncurrent', 'DeleteMarkers'] as const)('%s', async (versions) => {
    for (const seed of seeds) {
      const random = seeded(seed);
      const entries = versionsOf(randomKeys(random, 60), random);
      const store = new ListedStore(entries, {}, random);
      const kinds = new Map(entries.map((entry) => [nameOf(entry), entry]));
      const expected = store.names().filter((name) => {
        const { isLatest, isDeleteMarker } = kinds.get(name) ?? {};
        if (versions === 'All') return true;
        return versions === 'DeleteMarkers' ? isDeleteMarker : !isLatest && !isDeleteMarker;
      });
      expect({ seed, names: await list(store, { versions }, { streams: 4 }) }).toEqual({ seed, names: expected });
    }
  });

  test('a store that does not tell which version is the latest is refused where that matters', async () => {
    const store = new ListedStore([{ bucket: 'b', key: 'k', versionId: 'v' }]);
    await expect(list(store, { versions: 'Noncurrent' })).rejects.toThrow('which version of "k" is the latest');
    expect(await list(store, { versions: 'All' })).toEqual(['k@v']);
  });
});

describe('streams', () => {
  test('share a key space whose shape they do not know', async () => {
    for (const shape of ['flat', 'deep'] as const) {
      const keys = Array.from({ length: 3_000 }, (_, at) => keyOf(shape, at));
      const store = new ListedStore(objects(keys), { pageKeys: 10 }, seeded(1));
      expect(await list(store, {}, { streams: 16 })).toEqual(store.keys());

      // 300 pages of ten, one key of each twice, and what splitting costs.
      expect(store.inFlightMax).toBe(16);
      expect(store.requests).toBeLessThan(1_000);
    }
  });

  test('an error ends all of them, and is what the listing rejects with', async () => {
    const { store } = storeOf(4);
    const segments = new Segments(2);
    await expect(list(store, {}, { streams: 6 }, segments)).rejects.toThrow('killed');
    const { requests } = store;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(store.requests).toBe(requests);
  });

  test('an abort rejects with its reason', async () => {
    const { store } = storeOf(3);
    const controller = new AbortController();
    const listing = new RangeListing(store, { bucket: 'b', versions: 'Current' }, { streams: 4 });
    const page = async (): Promise<void> => controller.abort(new Error('enough'));
    await expect(listing.run({ page }, controller.signal)).rejects.toThrow('enough');
  });
});

function keyOf(shape: 'flat' | 'deep', at: number): string {
  const number = String(at).padStart(9, '0');
  return shape === 'flat' ? `cow-${number}` : `animals/herd-${String(at % 50)}/${String(at % 7)}/cow-${number}.txt`;
}

describe('a listing that was stopped', () => {
  test.each<[string, Quirks, boolean]>([
    ['goes on where the sink had taken it', {}, false],
    ['of versions', {}, true],
    ['in the order of segments', { order: 'segments' }, false],
    ['page by page', { order: 'reverse' }, false],
  ])('%s', async (_name, quirks, ofVersions) => {
    for (const seed of seeds.slice(0, 12)) {
      const random = seeded(seed);
      const keys = randomKeys(random, 90);
      const store = new ListedStore(ofVersions ? versionsOf(keys, random) : objects(keys), quirks, random);
      const scope = { bucket: 'b', versions: ofVersions ? 'All' : 'Current' } as const;
      for (let stopAfter = 0; ; stopAfter++) {
        const segments = new Segments(stopAfter);
        const first = new RangeListing(store, scope, { streams: 3 });
        const stopped = await first.run(segments, new AbortController().signal).then(
          () => false,
          () => true,
        );
        const state = JSON.parse(JSON.stringify(first.state()));
        const rest = new Segments();
        for (const [id, rows] of segments.rows) rest.rows.set(id, rows);
        const second = new RangeListing(store, scope, { streams: 3, state });
        await second.run(rest, new AbortController().signal);
        const names = rest.inOrderOf(second.state());
        expect({ seed, stopAfter, names }).toEqual({ seed, stopAfter, names: store.names() });
        if (!stopped) break;
      }
    }
  });
});

describe('what can not be listed is refused', () => {
  const keys = Array.from({ length: 60 }, (_, at) => `k${String(at).padStart(3, '0')}`);
  const refused = async (quirks: Quirks): Promise<unknown> =>
    listed(new ListedStore(objects(keys), quirks), 3).catch((error: unknown) => error);

  test.each<[string, Quirks, string]>([
    ['more is always said to follow', { alwaysTruncated: true, order: 'reverse' }, 'not the last'],
    ['a token that leads to the same page', { repeatsToken: true, order: 'reverse' }, 'as the next one'],
    ['every page left out', { leavesOut: (request) => request > 1 }, 'leaves out'],
    ['page by page, all but the first left out', { leavesOut: (r) => r > 3, order: 'reverse' }, 'leaves out'],
    ['page by page, one left out always', { leavesOutAfter: 18, order: 'reverse' }, 'leaves out "k041"'],
    ['pages of one key in no order', { pageKeys: 1, order: 'reverse' }, 'of one key'],
    ['no way on from a page', { withoutTokens: true, order: 'reverse' }, 'names no next one'],
  ])('%s', async (_name, quirks, words) => {
    const error = await refused(quirks);
    expect(error).toMatchObject({ code: 'ListingUnreliable', message: expect.stringContaining(words) });
  });
});

test('keys that come and go meanwhile are no fault, and hide no others', async () => {
  for (const seed of seeds) {
    const random = seeded(seed);
    const [kept, passing] = [randomKeys(random, 150), randomKeys(seeded(seed + 1_000), 80)];
    const lasting = new Set(kept.filter((key) => !passing.includes(key)));
    const store = new ListedStore(objects([...new Set([...kept, ...passing])]), {}, random);
    const restless = {
      listPage: (...args: Parameters<ListedStore['listPage']>) => {
        const key = passing[Math.floor(random() * passing.length)] ?? '';
        if (random() < 0.5) store.delete(key);
        else if (key !== '' && !store.keys().includes(key)) store.put({ bucket: 'b', key });
        return store.listPage(...args);
      },
    };
    const names = await list(restless, {}, { streams: 4 });
    expect({ seed, names: names.filter((name) => lasting.has(name)) }).toEqual({
      seed,
      names: store.keys().filter((key) => lasting.has(key)),
    });
    expect(new Set(names).size).toBe(names.length);
  }
});

test.each([
  [{ listingOrder: 'other' }, 'pages', 'pages'],
  [{ listingOrder: 'segments' }, 'segments', 'segments'],
  [{ startAfter: false }, 'pages', 'bytes'],
  [{ listingOrder: undefined }, undefined, undefined],
] as const)('what a profile says of listings: %j', (members, ofObjects, ofVersions) => {
  const profile = { ...AS_ON_AWS, ...members };
  expect([knownMode(profile, 'Current'), knownMode(profile, 'All')]).toEqual([ofObjects, ofVersions]);
});
