import { type Setup, SOURCE } from '../setup';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'putObjectTagging',
  done: ({ store }, task) =>
    store.peek(task.bucket, task.key, task.versionId)?.tags.some(({ Key }) => Key === 'expire') ?? false,
  invalid: [
    [{}, 'TagSet'],
    [{ TagSet: [{ Key: 'k' }] }, 'TagSet.0.Value'],
    [{ TagSet: [{ Key: 'k', Value: 'v', Colour: 'red' }] }, 'TagSet.0.Colour'],
    [
      {
        TagSet: [
          { Key: 'k', Value: '1' },
          { Key: 'k', Value: '2' },
        ],
      },
      'TagSet.1.Key',
    ],
  ],
};
