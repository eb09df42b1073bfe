import { type Setup, SOURCE } from '../setup';

const DONE = { status: 'succeeded', httpStatus: 200, message: 'Successful' };

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'deleteObject',
  done: ({ store }, task) => store.peek(task.bucket, task.key, task.versionId) === undefined,
  invalid: [
    [{ AllVersions: 'yes' }, 'AllVersions'],
    [{ BypassGovernanceRetention: 1 }, 'BypassGovernanceRetention'],
    [{ VersionId: 'v1' }, 'VersionId'],
  ],
  // S3 does not tell whether there was anything to delete.
  missing: DONE,
  missingVersion: DONE,
  rows: {
    deleteMarker: DONE,
    deleteMarkerVersion: DONE,
    locked: { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' },
  },
  group: { method: 'deleteObjects' },
};
