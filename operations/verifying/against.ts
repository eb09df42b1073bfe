import type { Tag } from '../../contracts/job';
import { sizeOf } from '../common/known-size';
import { wholeChecksum } from '../copying/copy-checks';
import { named, toldEtag } from './look-at';
import { difference, metadataDifferences, tagDifferences } from './properties';
import { compareByWord, readSameContent, type Side } from './same-content';

export const COMPARISONS = ['Existence', 'Size', 'ETag', 'Checksum', 'Content', 'Tags', 'Metadata'] as const;
export type Comparison = (typeof COMPARISONS)[number];

type Compare = (object: Side, other: Side, signal: AbortSignal) => Promise<readonly (string | undefined)[]>;

/** How the object differs from the other one, each in words. */
const COMPARE: Readonly<Record<Comparison, Compare>> = {
  Existence: () => Promise.resolve([]),
  Size: (a, b) => Promise.resolve([sizeDifference(a, b)]),
  ETag: (a, b) => Promise.resolve([difference('ETag', toldEtag(a.properties), toldEtag(b.properties))]),
  Checksum: (a, b) => Promise.resolve([checksumDifference(a, b)]),
  async Content(a, b, signal) {
    return [(await readSameContent(a, b, signal)) ? undefined : 'content differs'];
  },
  async Tags(a, b, signal) {
    // A store that does not tell tags has its refusal in the row: they are what is asked for.
    const read = async ({ store, ref }: Side): Promise<readonly Tag[]> =>
      (await store.getObjectTagging(named(ref), { signal })).tags;
    return tagDifferences(await read(a), await read(b));
  },
  Metadata: (a, b) => Promise.resolve(metadataDifferences(a.properties, b.properties)),
};

/**
 * The differences of two objects in what is to be compared, in words. Without `comparisons` their bytes are, by what the
 * stores say of them: what can't be compared so is a difference.
 */
export async function differencesBetween(
  object: Side,
  other: Side,
  comparisons: readonly Comparison[] | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  if (comparisons === undefined) return byWord(object, other);
  const found: string[] = [];
  for (const name of COMPARISONS) {
    // Once something differs there is no need to read both.
    if (!comparisons.includes(name) || (name === 'Content' && found.length > 0)) continue;
    for (const text of await COMPARE[name](object, other, signal)) if (text !== undefined) found.push(text);
  }
  return found;
}

function byWord(a: Side, b: Side): string[] {
  const size = sizeDifference(a, b);
  if (size !== undefined) return [size];
  const word = compareByWord(a.properties, b.properties);
  if (word === 'equal') return [];
  if (word === 'different') return [checksumDifference(a, b) ?? 'content differs'];
  const etags = `${a.properties.etag || 'none'} and ${b.properties.etag || 'none'}`;
  return [
    `content can't be compared without reading it (Compare: Content): the ETags are ${etags}, with no checksum in common`,
  ];
}

function sizeDifference(a: Side, b: Side): string | undefined {
  return difference('size', sizeOf(a.properties), sizeOf(b.properties));
}

function checksumDifference(a: Side, b: Side): string | undefined {
  const actual = wholeChecksum(a.properties) ?? a.properties.checksum;
  const expected = wholeChecksum(b.properties) ?? b.properties.checksum;
  if (actual === undefined || expected === undefined || actual.algorithm !== expected.algorithm) {
    const told = [actual, expected].map((checksum) => checksum?.algorithm ?? 'none').join(' and ');
    return `checksums can't be compared: the stores have ${told}`;
  }
  return difference(actual.algorithm, actual.value, expected.value);
}
