import { type Setup, SOURCE, TARGET } from '../setup';

export const setup: Setup = {
  needed: [`read ${SOURCE}`, `write ${TARGET}`],
  method: 'copyObject',
  parameters: { TargetResource: `arn:aws:s3:::${TARGET}` },
  done: ({ store }, task) =>
    store
      .peek(TARGET, task.key)
      ?.body.equals(store.peek(task.bucket, task.key, task.versionId)?.body ?? Buffer.of(0)) ?? false,
  rows: { archived: { status: 'failed', httpStatus: 403, errorCode: 'InvalidObjectState' } },
  invalid: [
    [{}, 'TargetResource'],
    [{ TargetResource: TARGET }, 'TargetResource'],
    [{ TargetResource: `arn:aws:s3:::${TARGET}/folder` }, 'TargetResource'],
    [
      { TargetResource: `arn:aws:s3:::${TARGET}`, NewObjectTagging: [{ Key: '', Value: 'v' }] },
      'NewObjectTagging.0.Key',
    ],
  ],
};
