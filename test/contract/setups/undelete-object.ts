import { type Setup, SOURCE } from '../setup';

const VERSION_NAMED = { status: 'failed', httpStatus: 400, errorCode: 'InvalidRequest' };

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'deleteObject',
  callsBefore: ['headObject', 'listObjectVersions', 'headObject'],
  bucket: { versioned: true },
  seeded: ({ store }, { bucket, key }) => {
    store.seedDeleteMarker(bucket, key);
  },
  done: ({ store }, { bucket, key }) => store.peek(bucket, key) !== undefined,
  invalid: [[{ VersionId: 'v1' }, 'VersionId']],
  oldVersion: VERSION_NAMED,
  newestVersion: VERSION_NAMED,
  missingVersion: VERSION_NAMED,
  rows: {
    deleteMarker: { status: 'succeeded' },
    deleteMarkerVersion: VERSION_NAMED,
    locked: VERSION_NAMED,
  },
};
