import { type Setup, SOURCE, TARGET } from '../setup';

const TargetResource = `arn:aws:s3:::${TARGET}`;

export const setup: Setup = {
  needed: [`read ${SOURCE}`, `write ${TARGET}`, `write ${SOURCE}`].sort(),
  method: 'copyObject',
  callsBefore: ['describeObject', 'describeObject', 'hasObjectLock', 'getObjectAcl'],
  parameters: { TargetResource },
  done: ({ store }, { bucket, key, versionId }) =>
    store.peek(bucket, key, versionId) === undefined && store.peek(TARGET, key) !== undefined,
  invalid: [
    [{}, 'TargetResource'],
    [{ TargetResource: TARGET }, 'TargetResource'],
    [{ TargetResource, TargetKey: '{nonsense}' }, 'TargetKey'],
    [{ TargetResource, TargetKey: 'a/{key}', TargetKeyPrefix: 'a' }, 'TargetKey'],
    [{ TargetResource, ReplacePrefix: { From: '', To: 'a' } }, 'ReplacePrefix.From'],
    [{ TargetResource, IfTargetExists: 'ASK' }, 'IfTargetExists'],
    [{ TargetResource, IfTargetExists: 'OVERWRITE', TargetKey: '{basename}' }, 'IfTargetExists'],
    [{ TargetResource, StorageClass: 'two words' }, 'StorageClass'],
  ],
  secondRun: { status: 'succeeded', httpStatus: 200, message: 'Successful: moved before' },
  rows: {
    archived: { status: 'failed', httpStatus: 403, errorCode: 'InvalidObjectState' },
    // The lock is kept or the object is not moved.
    locked: { status: 'failed', httpStatus: 400, message: 'Bucket is missing Object Lock Configuration' },
  },
};
