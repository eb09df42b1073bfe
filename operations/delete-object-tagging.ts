import { z } from 'zod';
import { defineOperation } from './operation';
import { defaultPlan } from './common/plan';
import { send } from './common/send';

const NAME = 'S3DeleteObjectTagging';

/**
 * Removes all tags of each object. It has no parameters: single tags can't be removed this way.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-delete-object-tagging.html
 */
export const deleteObjectTagging = defineOperation({
  name: NAME,
  summary: 'Remove all tags of each object',
  call: 'DeleteObjectTagging',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-delete-object-tagging.html',
  success: 'The object, or the version named in the row, has no tags. An object that had none counts as a success.',
  rerun: 'Finds no tags: no difference.',
  parameters: z.strictObject({}),
  examples: [{ title: 'Remove all tags', parameters: {} }],
  plan: () => defaultPlan(NAME),
  bind(_parameters, context) {
    return (task, signal) =>
      send(
        async () =>
          context
            .storeFor(task.bucket, 'write')
            .deleteObjectTagging({ Bucket: task.bucket, Key: task.key, VersionId: task.versionId }, { signal }),
        { store: () => context.storeFor(task.bucket, 'write'), ref: task },
        signal,
      );
  },
});
