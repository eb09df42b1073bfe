import { type Setup, SOURCE } from '../setup';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'putObjectTagging',
  callsBefore: ['getObjectTagging'],
  done: ({ store }, task) => {
    const keys = store.peek(task.bucket, task.key, task.versionId)?.tags.map(({ Key }) => Key) ?? [];
    return keys.includes('before') && keys.includes('reviewed');
  },
  invalid: [
    [{}, 'TagSet'],
    [{ TagSet: [] }, 'TagSet'],
    [{ TagSet: [{ Key: 'k' }] }, 'TagSet.0.Value'],
    [{ TagSet: [{ Key: 'aws:k', Value: 'v' }] }, 'TagSet.0.Key'],
    [{ TagSet: Array.from({ length: 11 }, (_, index) => ({ Key: `k${index}`, Value: '' })) }, 'TagSet'],
  ],
};
