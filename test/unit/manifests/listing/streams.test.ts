/**
 * Goal: many streams list a key space of any shape in a fraction of the round trips that one takes. Method: a store in memory that
 * answers all requests under way at once, and counts how often it does.
 */
import { LIMITS } from '../../../../contracts/limits';
import type { ListingPort } from '../../../../manifests/listing/listing';
import { RangeListing } from '../../../../manifests/listing/range-listing';
import { compareBytes } from '../../../../storage/key-order';
import type { ListedPage, ListPageInput } from '../../../../storage/object-store';
import { objects, seeded } from './listing-bench';

const KEYS = 30_000;
const PAGE_KEYS = 100;
const PAGES = KEYS / PAGE_KEYS;
const STREAMS = 32;
const FASTER_BY = 4;
const splitKeysMin = LIMITS.listing.splitKeysMin;
beforeAll(() => void Object.assign(LIMITS.listing, { splitKeysMin: 2 * PAGE_KEYS }));
afterAll(() => void Object.assign(LIMITS.listing, { splitKeysMin: splitKeysMin }));

const random = seeded(5);
const hex = (digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');
const padded = (index: number, digits: number): string => String(index).padStart(digits, '0');

const SHAPES: Readonly<Record<string, (index: number) => string>> = {
  'numbers in one folder': (index) => `cow-${padded(index, 9)}`,
  'folders in folders': (index) =>
    `animals/herd-${String(index % 50)}/${String(index % 7)}/cow-${padded(index, 9)}.txt`,
  'random names': () => `${hex(8)}-${hex(4)}-${hex(12)}`,
  dates: (index) =>
    `logs/${['alpha', 'beta', 'gamma'][index % 3] ?? ''}/2026/${padded(1 + (index % 12), 2)}/${padded(1 + (index % 28), 2)}/${hex(8)}.gz`,
  'nearly all in one folder': (index) =>
    index % 1_000 === 0 ? `a${hex(6)}` : `zebra/data/raw/very/long/prefix/part-${padded(index, 12)}`,
  'a large alphabet': (index) => `日本/牛-${String.fromCharCode(0x4e00 + (index % 300))}/${hex(6)}${String(index)}`,
};

class TickingStore implements ListingPort {
  ticks = 0;
  requests = 0;
  private waiting: (() => void)[] = [];

  constructor(private readonly keys: readonly string[]) {}

  async listPage({ after = '', maxKeys = PAGE_KEYS, prefix = '' }: ListPageInput): Promise<ListedPage> {
    this.requests++;
    await new Promise<void>((resolve) => {
      if (this.waiting.length === 0) setImmediate(() => setImmediate(() => this.tick()));
      this.waiting.push(resolve);
    });
    const rest = this.keys.slice(this.countUpTo(after)).filter((key) => key.startsWith(prefix));
    const entries = objects(rest.slice(0, Math.min(maxKeys, PAGE_KEYS)));
    return { entries, prefixes: [], isTruncated: entries.length < rest.length };
  }

  private countUpTo(key: string): number {
    let low = 0;
    let high = this.keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareBytes(this.keys[middle] ?? '', key) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private tick(): void {
    this.ticks++;
    for (const answer of this.waiting.splice(0)) answer();
  }
}

test.each(Object.keys(SHAPES))('%s', async (shape) => {
  const keys = new Set(Array.from({ length: KEYS }, (_, index) => SHAPES[shape]!(index)));
  const store = new TickingStore([...keys].sort(compareBytes));
  const listing = new RangeListing(store, { bucket: 'b', versions: 'Current' }, { streams: STREAMS });
  let rows = 0;
  const page = async (_range: number, { length }: { readonly length: number }): Promise<void> => void (rows += length);
  await listing.run({ page }, new AbortController().signal);
  expect(rows).toBe(keys.size);
  expect(store.ticks).toBeLessThan(PAGES / FASTER_BY);
  expect(store.requests).toBeLessThan(5 * PAGES);
});
