import { z } from 'zod';
import { askObject } from './common/on-object';
import { objectTags } from './common/parameter-types';
import { defaultPlan } from './common/plan';
import { changeTags, sameTags, withTags } from './common/tag-sets';
import { defineOperation } from './operation';

const NAME = 'S3AddObjectTagging';

const parameters = z.strictObject({
  TagSet: objectTags
    .min(1, 'must name at least one tag')
    .describe(
      'Drover only. The tags to add, each with Key and Value: 1 to 10. Where an object has the key, its value is changed.',
    ),
});

/**
 * Adds tags to those that each object has. S3 only replaces all of them, so the present ones are read first; of an object
 * that would have more than ten afterwards the store says so.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 */
export const addObjectTagging = defineOperation({
  name: NAME,
  summary: 'Add tags to those of each object',
  call: 'GetObjectTagging, and PutObjectTagging when something changes: in a bucket with versioning on the version that was read, which takes s3:PutObjectVersionTagging',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html',
  success: 'The object, or the version named in the row, has the given tags beside those it had.',
  rerun:
    'Finds the tags and writes nothing. Reading and writing are two requests: tags that someone else writes in between are lost. Jobs of one worker take turns at an object; with several workers, two jobs should not tag the same objects at the same time.',
  parameters,
  examples: [{ title: 'One more tag', parameters: { TagSet: [{ Key: 'reviewed', Value: '2026' }] } }],
  withParameters: ({ TagSet }) => ({
    plan: defaultPlan(NAME),
    bind: (context) => changeTags(context, (tags) => withTags(tags, TagSet)),
    bindDesiredState(context) {
      return askObject(context, async (store, at, options) => {
        const { tags } = await store.getObjectTagging(at, options);
        return sameTags(tags, withTags(tags, TagSet));
      });
    },
  }),
});
