import type { StoreProfile } from '../../contracts/store-profile';
import type { ListingMode, ListingScope } from './listing';

/**
 * How a store is known to list; undefined: its first page shows. A listing that contradicts what is known begins anew, as one that
 * contradicts its first page does.
 */
export function knownMode(
  { listingOrder, startAfter }: StoreProfile,
  versions: ListingScope['versions'],
): ListingMode | undefined {
  if (listingOrder === 'other') return 'pages';
  // Pages of versions begin behind a key-marker.
  if (!startAfter && versions === 'Current') return 'pages';
  return listingOrder;
}
