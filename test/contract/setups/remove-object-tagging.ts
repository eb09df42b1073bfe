import { type Setup, SOURCE } from '../setup';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  parameters: { TagKeys: ['before'] },
  method: 'putObjectTagging',
  callsBefore: ['getObjectTagging'],
  seed: {
    tags: [
      { Key: 'before', Value: 'yes' },
      { Key: 'stays', Value: '' },
    ],
  },
  done: ({ store }, task) => {
    const keys = store.peek(task.bucket, task.key, task.versionId)?.tags.map(({ Key }) => Key) ?? [];
    return keys.length === 1 && keys[0] === 'stays';
  },
  invalid: [
    [{}, 'TagKeys'],
    [{ TagKeys: [] }, 'TagKeys'],
    [{ TagKeys: [''] }, 'TagKeys.0'],
    [{ TagKeys: ['a', 'a'] }, 'TagKeys'],
    [{ TagKeys: Array.from({ length: 11 }, (_, index) => `k${index}`) }, 'TagKeys'],
    [{ TagKeys: ['a'], TagSet: [] }, 'TagSet'],
  ],
};
