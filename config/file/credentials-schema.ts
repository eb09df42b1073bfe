import { z } from 'zod';
import { optional, required } from './described';
import { endpoint, integer, roleArn, text } from './fields';

interface AssumeRoleInput {
  readonly roleArn: string;
  readonly source?: CredentialsInput | undefined;
  readonly sessionName?: string | undefined;
  readonly externalId?: string | undefined;
  readonly durationSeconds?: number | undefined;
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
}

export type CredentialsInput =
  | 'default'
  | 'environment'
  | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string | undefined }
  | { readonly profile: string }
  | { readonly assumeRole: AssumeRoleInput };

/** Bounds of AssumeRole's parameters: the STS API reference. */
const assumeRole: z.ZodType<AssumeRoleInput> = z
  .strictObject({
    roleArn: required(roleArn, 'Role to assume.'),
    source: optional(
      z.lazy(() => credentials),
      'Credentials for the call to STS.',
      { value: 'default' },
    ),
    sessionName: optional(
      z.string().regex(/^[\w+=,.@-]{2,64}$/, 'must be 2 to 64 letters, digits or +=,.@-_'),
      'Name of the session, as it appears in logs of the store.',
      { value: 'drover' },
    ),
    externalId: optional(text.max(1_224), 'External id that the role asks for.'),
    durationSeconds: optional(integer(900, 43_200), 'Lifetime of a session in seconds, 900 to 43200.', {
      words: 'of STS: 3600',
    }),
    endpoint: optional(endpoint, 'URL of an STS-compatible service.', { words: "AWS's, in the region" }),
    region: optional(text, 'Region of STS.', { words: '`region`' }),
  })
  .meta({ description: 'Credentials that STS gives for a role; renewed before they end.' });

export const credentials: z.ZodType<CredentialsInput> = z
  .union(
    [
      z.enum(['default', 'environment']).meta({
        description:
          "`default`: the AWS SDK's chain (environment, profile, web identity, container, instance). `environment`: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` alone.",
      }),
      z.strictObject({
        accessKeyId: required(text, 'Access key.'),
        secretAccessKey: required(text, 'Its secret.'),
        sessionToken: optional(text, 'Session token of temporary credentials.'),
      }),
      z.strictObject({ profile: required(text, 'Section of the shared AWS files `~/.aws/config` and `credentials`.') }),
      z.strictObject({ assumeRole }).meta({ id: 'AssumeRole' }),
    ],
    { error: 'must be default, environment, {accessKeyId, secretAccessKey}, {profile} or {assumeRole}' },
  )
  .meta({ id: 'Credentials', description: 'Source of the credentials that sign requests.' });
