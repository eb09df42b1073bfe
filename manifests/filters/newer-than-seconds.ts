import { ageMs } from './common/times';
import { told } from './common/told';
import { defineFilter } from './definition';

/** Last modified less than so many seconds before Preparing began. */
export const newerThanSeconds = defineFilter({
  member: 'NewerThanSeconds',
  needs: () => ['lastModifiedMs'],
  bind: (given, nowMs) => {
    const boundMs = nowMs - ageMs('NewerThanSeconds', given);
    return told('lastModifiedMs', (ms) => ms > boundMs);
  },
});
