import { defined } from '../../contracts/defined';
import type { Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { PrefixSource } from '../../contracts/source';
import { cutKeySpace, knownMode, type ListingScope, RangeListing, type RangeState } from '../listing';
import { CANONICAL_FORM } from '../segments/canonical-row';
import { meteredListing } from './metered';
import type { PartReading, SourceContext, SourceDefinition } from './source';

/** Objects below prefixes, by listings that several activities share. */
export const prefixes: SourceDefinition<PrefixSource> = {
  name: 'prefixes',

  async plan({ Prefixes, Versions = 'Current' }, context) {
    const partsEach = Math.max(1, Math.floor(LIMITS.listing.partsAim / Prefixes.length));
    const parts: Json[] = [];
    for (const { Bucket: bucket, Prefix: prefix } of Prefixes) {
      const scope: ListingScope = { bucket, versions: Versions, ...defined({ prefix }) };
      const { signal, listAs } = context;
      const store = context.storeFor(bucket);
      const known = listAs[bucket] ?? knownMode(store.profile, Versions);
      const { mode, pieces } = await cutKeySpace(store, scope, partsEach, signal, known);
      const streams = streamsEach(pieces.length);
      parts.push(...pieces.map((piece) => ({ ...scope, ...piece, mode, streams })));
    }
    return { parts, form: CANONICAL_FORM };
  },

  open(part, left, context) {
    return listingOf(part as unknown as PlannedListing, left as unknown as readonly RangeState[] | undefined, context);
  },
};

interface PlannedListing extends ListingScope {
  readonly mode: RangeState['mode'];
  readonly streams: number;
}

/** Pieces that are listed at the same time share the streams: in many small ones, each split would cost more than it gains. */
function streamsEach(pieces: number): number {
  return Math.ceil(LIMITS.listing.streams / Math.min(pieces, LIMITS.source.partsInFlight));
}

function listingOf(
  { mode, streams, ...scope }: PlannedListing,
  state: readonly RangeState[] | undefined,
  context: SourceContext,
): PartReading {
  const listing = new RangeListing(meteredListing(context.storeFor(scope.bucket), context.meter), scope, {
    streams,
    ...(state && { state }),
    mode,
  });
  return {
    run: (sink) => listing.run({ page: (range, rows, taken) => sink.rows(range, rows, taken) }, context.signal),
    strands: () => listing.state().map(({ id }) => id),
    state: () => listing.state() as unknown as Json,
  };
}
