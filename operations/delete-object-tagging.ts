import { z } from 'zod';
import { askObject, changeObject } from './common/on-object';
import { defaultPlan } from './common/plan';
import { defineOperation } from './operation';

const NAME = 'S3DeleteObjectTagging';

/**
 * Removes all tags of each object. It has no parameters; S3RemoveObjectTagging removes single ones.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-delete-object-tagging.html
 */
export const deleteObjectTagging = defineOperation({
  name: NAME,
  summary: 'Remove all tags of each object',
  call: 'DeleteObjectTagging',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-delete-object-tagging.html',
  success: 'The object, or the version named in the row, has no tags. An object that had none counts as a success.',
  rerun:
    'Finds no tags: no difference. Tags that someone else sets at the same time are there or gone, as the later request has it.',
  parameters: z.strictObject({}),
  examples: [{ title: 'Remove all tags', parameters: {} }],
  withParameters: () => ({
    plan: defaultPlan(NAME),
    bind(context) {
      return changeObject(context, (store, at, options) => store.deleteObjectTagging(at, options));
    },
    bindDesiredState(context) {
      return askObject(context, async (store, at, options) => {
        return (await store.getObjectTagging(at, options)).tags.length === 0;
      });
    },
  }),
});
