import { defineFilter } from './definition';
import { timeMs } from './times';
import { told } from './told';

/** Last modified before this time, and not at it. */
export const createdBefore = defineFilter({
  member: 'CreatedBefore',
  needs: () => ['lastModifiedMs'],
  bind: (given) => {
    const boundMs = timeMs('CreatedBefore', given);
    return told('lastModifiedMs', (ms) => ms < boundMs);
  },
});
