import { type Setup, SOURCE } from '../setup';

export const setup: Setup = {
  needed: [`write ${SOURCE}`],
  method: 'deleteObjectTagging',
  done: ({ store }, task) => store.peek(task.bucket, task.key, task.versionId)?.tags.length === 0,
  invalid: [[{ TagSet: [] }, 'TagSet']],
};
