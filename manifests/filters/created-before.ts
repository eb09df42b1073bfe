import { timeMs } from './common/times';
import { told } from './common/told';
import { defineFilter } from './definition';

/** Last modified before this time, and not at it. */
export const createdBefore = defineFilter({
  member: 'CreatedBefore',
  needs: () => ['lastModifiedMs'],
  bind: (given) => {
    const boundMs = timeMs('CreatedBefore', given);
    return told('lastModifiedMs', (ms) => ms < boundMs);
  },
});
