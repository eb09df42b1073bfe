/**
 * Goal: listings spare looks at objects whose restore is under way, and nothing else is concluded from them. Method: a store that answers
 * ListObjectsV2 alone, with what is told of restores, more or less.
 */
import { restoresUnderWay } from '../../../../activities/batch/restores-under-way';
import type { StoreProfile } from '../../../../contracts/store-profile';
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
    const entries = keys
      .filter((key) => key > (input.after ?? ''))
      .slice(0, 1_000)
      .map((key): ListedEntry => {
        const restoreInProgress = restore(key);
        return { bucket: 'b', key, ...(restoreInProgress !== undefined && { restoreInProgress }) };
      });
    return Promise.resolve({ entries, prefixes: [], isTruncated: true });
  };
  const store = { profile: { ...AS_ON_AWS, ...profile }, listPage } as Partial<ObjectStore> as ObjectStore;
  const found = (awaited = KEYS) => restoresUnderWay(store, 'b', awaited, new AbortController().signal);
  return { pages, found };
}

test('pages of a thousand tell of all but the keys that they begin behind', async () => {
  const { pages, found } = storeOf({});
  const underWay = await found([...KEYS].reverse());
  expect(KEYS.filter((key) => !underWay.has(key))).toEqual(['cow-0000', 'cow-1001', 'cow-2002']);
  expect(pages).toHaveLength(3);
  expect(pages.every(({ restores, versions }) => restores === true && !versions)).toBe(true);
});

test('an object that is restored, or of which nothing is told, has to be looked at', async () => {
  const { found } = storeOf({ restore: (key) => (key.endsWith('1') ? false : key.endsWith('2') ? undefined : true) });
  const underWay = await found();
  expect([underWay.has('cow-0011'), underWay.has('cow-0012'), underWay.has('cow-0013')]).toEqual([false, false, true]);
});

test.each<[string, Told, number]>([
  ['tells nothing', { restore: () => undefined }, 1],
  ['refuses the header', { refusal: new StoreError('InvalidArgument', 400, 'unknown header') }, 1],
  ['is known to tell nothing', { profile: { restoreInListings: false } }, 0],
  ['ignores start-after', { profile: { startAfter: false } }, 0],
  ['has another order', { profile: { listingOrder: 'segments' } }, 0],
  ['has restored all', { restore: () => false }, 1],
])('a store that %s is asked object by object', async (_name, told, pages) => {
  const store = storeOf(told);
  expect([...(await store.found())]).toEqual([]);
  expect(store.pages).toHaveLength(pages);
});

test('a store out of reach is out of reach', async () => {
  const { found } = storeOf({ refusal: new StoreError('ConnectionRefused', 0, 'nobody listens') });
  await expect(found()).rejects.toMatchObject({ code: 'ConnectionRefused' });
});
