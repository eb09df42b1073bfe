import { z } from 'zod';
import { headerText } from './parameter-types';

/** "Canned ACL" in the S3 user guide; API_control_S3AccessControlPolicy. */
export const cannedAcl = z.enum([
  'private',
  'public-read',
  'public-read-write',
  'aws-exec-read',
  'authenticated-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
]);

export type CannedAcl = z.infer<typeof cannedAcl>;

/** An account or a group (API_control_S3Grantee). Neither ids nor addresses have other characters, and copies send them in a header. */
export const grantee = z.strictObject({
  TypeIdentifier: z.enum(['id', 'emailAddress', 'uri']),
  Identifier: headerText(1_024).regex(/^[^"]*$/, 'must not contain quotes'),
  DisplayName: z.string().max(1_024).optional().describe('A label of the grantee, without effect.'),
});
