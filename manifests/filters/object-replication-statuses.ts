import { badFilter, entries } from './common/refusal';
import { told } from './common/told';
import { defineFilter } from './definition';

/** API_control_JobManifestGeneratorFilter, and PENDING, which HeadObject and inventories have besides. */
const STATUSES = ['COMPLETED', 'FAILED', 'REPLICA', 'NONE', 'PENDING'];

/** The replication status is one of these; NONE is that of an object that no rule concerns. */
export const objectReplicationStatuses = defineFilter({
  member: 'ObjectReplicationStatuses',
  needs: () => ['replicationStatus'],
  bind: (given) => {
    const statuses = new Set(entries('ObjectReplicationStatuses', given));
    for (const status of statuses) {
      if (!STATUSES.includes(status)) {
        throw badFilter('ObjectReplicationStatuses', `${JSON.stringify(status)} is none of ${STATUSES.join(', ')}`);
      }
    }
    return told('replicationStatus', (status) => statuses.has(canonical(status)));
  },
});

/** HeadObject has been seen to say COMPLETE (API_HeadObject lists both). */
function canonical(status: string): string {
  return status === 'COMPLETE' ? 'COMPLETED' : status;
}
