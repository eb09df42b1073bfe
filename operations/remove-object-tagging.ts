import { z } from 'zod';
import { askObject } from './common/on-object';
import { objectTagKeys } from './common/parameter-types';
import { defaultPlan } from './common/plan';
import { changeTags, withoutTags } from './common/tag-sets';
import { defineOperation } from './operation';

const NAME = 'S3RemoveObjectTagging';

const parameters = z.strictObject({
  TagKeys: objectTagKeys.describe('Drover only. Keys of the tags to remove, whatever their values: 1 to 10.'),
});

/**
 * Removes single tags of each object. S3 only removes all of them, so the present ones are read first, and those that stay
 * are written.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
export const removeObjectTagging = defineOperation({
  name: NAME,
  summary: 'Remove single tags of each object',
  call: 'GetObjectTagging, and when something changes PutObjectTagging, or DeleteObjectTagging when no tag is left: in a bucket with versioning on the version that was read, which takes s3:PutObjectVersionTagging and s3:DeleteObjectVersionTagging',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html',
  success:
    'The object, or the version named in the row, has none of the given tags, and all others it had. An object that had none of them counts as a success.',
  rerun:
    'Finds the tags gone and writes nothing. Reading and writing are two requests: tags that someone else writes in between are lost. Jobs of one worker take turns at an object; with several workers, two jobs should not tag the same objects at the same time.',
  parameters,
  examples: [{ title: 'Two tags', parameters: { TagKeys: ['expire', 'reviewed'] } }],
  withParameters: ({ TagKeys }) => ({
    plan: defaultPlan(NAME),
    bind(context) {
      const keys = new Set(TagKeys);
      return changeTags(context, (tags) => withoutTags(tags, keys));
    },
    bindDesiredState(context) {
      const keys = new Set(TagKeys);
      return askObject(context, async (store, at, options) => {
        return (await store.getObjectTagging(at, options)).tags.every(({ Key }) => !keys.has(Key));
      });
    },
  }),
});
