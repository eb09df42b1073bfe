import { timeMs } from './common/times';
import { told } from './common/told';
import { defineFilter } from './definition';

/** Last modified after this time, and not at it. */
export const createdAfter = defineFilter({
  member: 'CreatedAfter',
  needs: () => ['lastModifiedMs'],
  bind: (given) => {
    const boundMs = timeMs('CreatedAfter', given);
    return told('lastModifiedMs', (ms) => ms > boundMs);
  },
});
