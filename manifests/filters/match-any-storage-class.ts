import { entries } from './common/refusal';
import { told } from './common/told';
import { defineFilter } from './definition';

/**
 * The storage class is one of these. A row without a class is unknown, not STANDARD: some stores leave the class out of
 * their listings, whatever it is.
 */
export const matchAnyStorageClass = defineFilter({
  member: 'MatchAnyStorageClass',
  needs: () => ['storageClass'],
  bind: (given) => {
    const classes = new Set(entries('MatchAnyStorageClass', given));
    return told('storageClass', (storageClass) => classes.has(storageClass));
  },
});
