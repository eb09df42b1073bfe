import { defineFilter } from './definition';
import { ageMs } from './times';
import { told } from './told';

/** Last modified more than so many seconds before Preparing began. */
export const olderThanSeconds = defineFilter({
  member: 'OlderThanSeconds',
  needs: () => ['lastModifiedMs'],
  bind: (given, nowMs) => {
    const boundMs = nowMs - ageMs('OlderThanSeconds', given);
    return told('lastModifiedMs', (ms) => ms < boundMs);
  },
});
