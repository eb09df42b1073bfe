import { z } from 'zod';
import { defineOperation } from './operation';
import { defaultPlan } from './common/plan';

const NAME = 'S3PutObjectMetadata';

export const putObjectMetadata = defineOperation({
  name: NAME,
  summary: 'x',
  call: 'x',
  reference: 'https://docs.aws.amazon.com/x',
  success: 'x',
  rerun: 'x',
  parameters: z.strictObject({}),
  examples: [{ title: 'x', parameters: {} }],
  plan: () => defaultPlan(NAME),
  bind: () => () => Promise.reject(new Error('not written')),
});
