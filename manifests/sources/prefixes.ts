import type { Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { PrefixSource } from '../../contracts/source';
import { cutKeySpace, type ListingScope, RangeListing, type RangeState } from '../listing';
import { CANONICAL_FORM } from '../segments/canonical-row';
import type { PartReading, SourceContext, SourceDefinition } from './source';

/** Objects below prefixes, by listings that several activities share. */
export const prefixes: SourceDefinition<PrefixSource> = {
  name: 'prefixes',

  async plan({ Prefixes, Versions = 'Current' }, context) {
    const partsEach = Math.max(1, Math.floor(LIMITS.listingPartsAim / Prefixes.length));
    const parts: Json[] = [];
    for (const { Bucket: bucket, Prefix: prefix } of Prefixes) {
      const scope: ListingScope = { bucket, versions: Versions, ...(prefix !== undefined && { prefix }) };
      const { signal, listAs } = context;
      const store = context.storeFor(bucket);
      const { mode, pieces } = await cutKeySpace(store, scope, partsEach, signal, listAs[bucket]);
      parts.push(...pieces.map((piece) => ({ ...scope, ...piece, mode })));
    }
    return { parts, form: CANONICAL_FORM };
  },

  open(part, left, context) {
    return listingOf(part as unknown as PlannedListing, left as unknown as readonly RangeState[] | undefined, context);
  },
};

interface PlannedListing extends ListingScope {
  readonly mode: RangeState['mode'];
}

function listingOf(
  { mode, ...scope }: PlannedListing,
  state: readonly RangeState[] | undefined,
  context: SourceContext,
): PartReading {
  const listing = new RangeListing(context.storeFor(scope.bucket), scope, {
    streams: LIMITS.listingStreams,
    ...(state && { state }),
    mode,
  });
  return {
    run: (sink) => listing.run({ page: (range, rows, taken) => sink.rows(range, rows, taken) }, context.signal),
    strands: () => listing.state().map(({ id }) => id),
    state: () => listing.state() as unknown as Json,
  };
}
