import { sizeOf } from '../common/known-size';
import { difference, metadataDifferences, tagDifferences, tagsOf } from './properties';
import { compareByWord, haveSameContent, type Side } from './same-content';

/**
 * How the target differs from the source in content, metadata and tags, in words; empty when the source has nothing that the
 * target has not. With `mayRead` false, contents that can't be compared without reading them are different.
 */
export async function differencesFromSource(
  [source, target]: readonly [source: Side, target: Side],
  { proof, mayRead }: { readonly proof: 'any' | 'cryptographic'; readonly mayRead: boolean },
  signal: AbortSignal,
): Promise<string[]> {
  const size = difference('size', sizeOf(target.properties), sizeOf(source.properties));
  if (size !== undefined) return [size];
  const metadata = metadataDifferences(target.properties, source.properties);
  if (metadata.length > 0) return metadata;
  const tags = await differencesInTags(source, target, signal);
  if (tags.length > 0) return tags;
  const equal = mayRead
    ? await haveSameContent(source, target, proof, signal)
    : compareByWord(source.properties, target.properties, proof) === 'equal';
  return equal ? [] : ['the content differs'];
}

async function differencesInTags(source: Side, target: Side, signal: AbortSignal): Promise<string[]> {
  const wanted = await tagsOf(source.store, source.ref, signal);
  const given = await tagsOf(target.store, target.ref, signal);
  // A store without tags can't have taken over any.
  return wanted === undefined || given === undefined ? [] : tagDifferences(given, wanted);
}
