import { z } from 'zod';
import type { PutObjectTaggingInput } from '../storage/object-store';
import { askObject, changeObject } from './common/on-object';
import { objectTags } from './common/parameter-types';
import { defaultPlan } from './common/plan';
import { sameTags } from './common/tag-sets';
import { defineOperation } from './operation';

const NAME = 'S3PutObjectTagging';

const parameters = z.strictObject({
  TagSet: objectTags.describe(
    'The tags each object has afterwards: 0 to 10, each with Key and Value. An empty list removes all tags.',
  ),
});

/**
 * Replaces the tags of each object; tags that are not in `TagSet` are gone afterwards.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-put-object-tagging.html
 */
export const putObjectTagging = defineOperation({
  name: NAME,
  summary: 'Replace all tags of each object',
  call: 'PutObjectTagging',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-put-object-tagging.html',
  success: 'The object, or the version named in the row, has exactly the given tags.',
  rerun:
    'Sets the same tags again: no difference. They are replaced as a whole: of two jobs at the same time the later request counts.',
  parameters,
  examples: [
    { title: 'Mark objects for a lifecycle rule', parameters: { TagSet: [{ Key: 'expire', Value: 'after-30-days' }] } },
    {
      title: 'Several tags; a value may be empty',
      parameters: {
        TagSet: [
          { Key: 'team', Value: 'data platform' },
          { Key: 'reviewed', Value: '' },
        ],
      },
    },
  ],
  withParameters: ({ TagSet }) => ({
    plan: defaultPlan(NAME),
    bind(context) {
      const Tagging: PutObjectTaggingInput['Tagging'] = { TagSet };
      return changeObject(context, (store, at, options) => store.putObjectTagging({ ...at, Tagging }, options));
    },
    bindDesiredState(context) {
      return askObject(context, async (store, at, options) =>
        sameTags((await store.getObjectTagging(at, options)).tags, TagSet),
      );
    },
  }),
});
