import { type Setup, SOURCE } from '../setup';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'restoreObject',
  seed: { storageClass: 'GLACIER' },
  done: ({ store }, task) => store.peek(task.bucket, task.key, task.versionId)?.restore !== undefined,
  invalid: [
    [{ ExpirationInDays: 0 }, 'ExpirationInDays'],
    [{ ExpirationInDays: 1.5 }, 'ExpirationInDays'],
    [{ GlacierJobTier: 'EXPEDITED' }, 'GlacierJobTier'],
    [{ RestorePollSeconds: 60 }, 'RestorePollSeconds'],
  ],
  secondRun: { status: 'failed', httpStatus: 409, errorCode: 'RestoreAlreadyInProgress' },
};
