/**
 * Goal: listings spare looks at objects, and nothing is concluded from what they do not tell. Method: a store that answers
 * ListObjectsV2 alone, with what is told of restores, more or less.
 */
import type { StoreProfile } from '../../../../contracts/store-profile';
import { listedStates } from '../../../../operations/restoring/listed-states';
import type { ListedEntry, ListPageInput, ObjectStore } from '../../../../storage/object-store';
import { AS_ON_AWS } from '../../../../storage/profile/known-stores';
import { StoreError } from '../../../../storage/store-error';

const KEYS = Array.from({ length: 2_500 }, (_, index) => `cow-${String(index).padStart(4, '0')}`);

interface Told {
  readonly profile?: Partial<StoreProfile>;
  readonly restore?: (key: string) => boolean | undefined;
  readonly refusal?: StoreError;
  /** Keys of the bucket; those of the job by default. */
  readonly keys?: readonly string[];
}

function storeOf({ profile, restore = () => true, refusal, keys = KEYS }: Told) {
  const pages: ListPageInput[] = [];
  const listPage = (input: ListPageInput) => {
    pages.push(input);
    if (refusal) return Promise.reject(refusal);
    const rest = keys.filter((key) => key > (input.next?.token ?? input.after ?? ''));
    const entries = rest.slice(0, 1_000).map((key): ListedEntry => {
      const restoreInProgress = restore(key);
      return { bucket: 'b', key, ...(restoreInProgress !== undefined && { restoreInProgress }) };
    });
    const token = rest.length > 1_000 ? entries.at(-1)?.key : undefined;
    const isTruncated = token !== undefined;
    return Promise.resolve({ entries, prefixes: [], isTruncated, ...(isTruncated && { next: { token } }) });
  };
  const store = { profile: { ...AS_ON_AWS, ...profile }, listPage } as Partial<ObjectStore> as ObjectStore;
  const found = async (awaited = KEYS) => {
    const refs = awaited.map((key) => ({ bucket: 'b', key }));
    const states = await listedStates(refs, { store, signal: new AbortController().signal });
    return new Map(refs.map((ref) => [ref.key, states.get(ref)] as const).filter(([, state]) => state !== undefined));
  };
  return { pages, found };
}

test('pages of a thousand tell of all but the key that they begin behind', async () => {
  const { pages, found } = storeOf({});
  const told = await found();
  expect(KEYS.filter((key) => told.get(key) !== 'in-progress')).toEqual(['cow-0000']);
  expect(pages).toHaveLength(3);
  expect(pages.every(({ restores, versions }) => restores === true && !versions)).toBe(true);
});

test('an object of which nothing is told has to be looked at', async () => {
  const { found } = storeOf({ restore: (key) => (key.endsWith('1') ? false : key.endsWith('2') ? undefined : true) });
  const told = await found();
  expect(['cow-0011', 'cow-0012', 'cow-0013'].map((key) => told.get(key))).toEqual([
    'readable',
    undefined,
    'in-progress',
  ]);
});

test.each<[string, Told, number]>([
  ['tells nothing', { restore: () => undefined }, 1],
  ['is known to tell nothing', { profile: { restoreInListings: false } }, 0],
  ['ignores start-after', { profile: { startAfter: false } }, 0],
  ['has another order', { profile: { listingOrder: 'segments' } }, 0],
  ['has none of the keys', { keys: [] }, 1],
])('a store that %s is asked object by object', async (_name, told, pages) => {
  const store = storeOf(told);
  expect((await store.found()).size).toBe(0);
  expect(store.pages).toHaveLength(pages);
});

test('what the store refuses is thrown', async () => {
  const { found } = storeOf({ refusal: new StoreError('InvalidArgument', 400, 'unknown header') });
  await expect(found()).rejects.toMatchObject({ code: 'InvalidArgument' });
});
