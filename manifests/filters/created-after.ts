import { defineFilter } from './definition';
import { timeMs } from './times';
import { told } from './told';

/** Last modified after this time, and not at it. */
export const createdAfter = defineFilter({
  member: 'CreatedAfter',
  needs: () => ['lastModifiedMs'],
  bind: (given) => {
    const boundMs = timeMs('CreatedAfter', given);
    return told('lastModifiedMs', (ms) => ms > boundMs);
  },
});
