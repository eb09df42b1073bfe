import { ageMs } from './common/times';
import { told } from './common/told';
import { defineFilter } from './definition';

/** Last modified more than so many seconds before Preparing began. */
export const olderThanSeconds = defineFilter({
  member: 'OlderThanSeconds',
  needs: () => ['lastModifiedMs'],
  bind: (given, nowMs) => {
    const boundMs = nowMs - ageMs('OlderThanSeconds', given);
    return told('lastModifiedMs', (ms) => ms < boundMs);
  },
});
