export { cutKeySpace } from './cut-key-space';
export { knownMode } from './known-mode';
export { listAll } from './list-all';
export { type ListingPort, type ListingScope, ListingUntrustworthy, type RangeState } from './listing';
export { RangeListing } from './range-listing';
