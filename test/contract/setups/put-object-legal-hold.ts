import { type Setup, SOURCE } from '../setup';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'putObjectLegalHold',
  bucket: { objectLock: true },
  callsBefore: ['hasObjectLock'],
  done: ({ store }, task) => store.peek(task.bucket, task.key, task.versionId)?.legalHold === 'ON',
  invalid: [
    [{}, 'LegalHold'],
    [{ LegalHold: {} }, 'LegalHold.Status'],
    [{ LegalHold: { Status: 'on' } }, 'LegalHold.Status'],
  ],
};
