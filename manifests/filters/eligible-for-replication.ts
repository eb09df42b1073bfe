import { told } from './common/told';
import { defineFilter } from './definition';

/**
 * A rule of the bucket's replication configuration takes the object. `false` asks for nothing: S3 Control's member means
 * "only if eligible", or no such filter (API_control_JobManifestGeneratorFilter).
 */
export const eligibleForReplication = defineFilter({
  member: 'EligibleForReplication',
  needs: (isAsked) => (isAsked ? ['eligibleForReplication'] : []),
  bind: (isAsked) => (isAsked ? told('eligibleForReplication', (isEligible) => isEligible) : () => true),
});
