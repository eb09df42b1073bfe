export { cutKeySpace } from './cut-key-space';
export { listAll } from './list-all';
export { type ListingPort, type ListingScope, ListingUntrustworthy, type RangeState } from './listing';
export { RangeListing } from './range-listing';
