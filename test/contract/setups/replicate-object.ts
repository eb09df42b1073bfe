import { type Setup, SOURCE, TARGET } from '../setup';

export const setup: Setup = {
  needed: [`read ${SOURCE}`, `write ${TARGET}`],
  method: 'copyObject',
  callsBefore: ['replicationRules', 'describeObject', 'describeObject', 'hasObjectLock', 'getObjectAcl'],
  prepare({ store }, bucket) {
    if (bucket === TARGET) return;
    const Destination = { Bucket: `arn:aws:s3:::${TARGET}` };
    store.setReplication(bucket, [{ ID: 'all', Status: 'Enabled', Priority: 1, Filter: {}, Destination }]);
  },
  done: ({ store }, task) =>
    store
      .peek(TARGET, task.key)
      ?.body.equals(store.peek(task.bucket, task.key, task.versionId)?.body ?? Buffer.of(0)) ?? false,
  invalid: [[{ TargetResource: `arn:aws:s3:::${TARGET}` }, 'TargetResource']],
  secondRun: { status: 'succeeded', httpStatus: 200, message: 'Successful: replicated before' },
  rows: {
    archived: { status: 'failed', httpStatus: 500, errorCode: 'SrcObjectNotEligible' },
    locked: { status: 'failed', httpStatus: 400, message: 'Bucket is missing Object Lock Configuration' },
  },
};
