import { z } from 'zod';
import { climbs } from '../../contracts/object-key';
import { isUrlPrefix } from '../access/url-prefix';

/** Value types that the file and the environment share. Messages never hold the value. */

export const text = z.string().min(1, 'must not be empty');
export const integer = (min: number, max: number) => z.int().min(min).max(max);

export const share = z.number().min(0).max(1);

/** An address to send requests to. What stands before an `@` would show in logs. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL', abort: true })
  // The parser is too kind: it takes `http:///host` for `http://host`, and a backslash for a slash.
  .refine((url) => /^https?:\/\/[^/?#]/i.test(url), {
    error: 'must have a host after http:// or https://',
    abort: true,
  })
  .refine((url) => !/[\s\p{Cc}\\]/u.test(url), { error: 'must not contain blanks or backslashes', abort: true })
  .refine((url) => !authorityOf(url).includes('@'), { error: 'must not contain a user name or password', abort: true })
  .refine((url) => !/^https?:\/\/[a-z][a-z0-9+.-]*:\/\//i.test(url), {
    error: 'must not contain http:// twice',
    abort: true,
  });

/** A service that paths are appended to. */
export const endpoint = httpUrl
  .refine((url) => !/[?#]/.test(url), { error: 'must not contain a query or a fragment', abort: true })
  .refine((url) => !/^[^/]*\/\/[^/]+\/(.*\/)?\/./.test(url), 'must not contain an empty step (//) in its path');

/** A beginning of URLs that jobs may call. What different programs may read differently would allow more than it seems to. */
export const webhookPrefix = httpUrl.refine(
  isUrlPrefix,
  'must be a plain URL: no query, fragment, blanks or dot segments',
);

/** As Standard Webhooks writes keys: `whsec_` and base64; or any other text. */
export const webhookSecret = text.refine((secret) => !/^whsec_=*$/.test(secret), 'has no key after whsec_');

export const payloadKey = text.min(32, 'must have 32 characters or more, made at random');

export const accountId = z.string().regex(/^\d{12}$/, 'must be twelve digits');

/** `arn:partition:iam::account:role/path` */
export const ROLE_ARN = /^arn:[^:\s]+:iam::(\d{12}):role\/[^\s]+$/;
export const roleArn = z.string().regex(ROLE_ARN, 'must be the ARN of an IAM role, arn:aws:iam::<account>:role/<name>');

/** Without a scheme: gRPC's own. */
export const temporalAddress = text
  .refine((address) => !address.includes('://'), { error: 'must be host:port, without a scheme', abort: true })
  .refine((address) => !/[\s/?#@\\]/.test(address), 'must be host:port and nothing else');

export const workspacePrefix = z
  .string()
  .regex(/^([^/].*\/)?$/, 'must be empty, or end in / and not begin with it')
  .refine((prefix) => !climbs(prefix), 'must not climb above the bucket: it has more .. than names before them');

/** Where a listener binds: a name or address, and a port, 0 for any free one. */
export const listenAddress = z
  .string()
  .regex(/^(?:\[[0-9a-fA-F:.]+\]|[^:[\]/@\s]+):\d{1,5}$/, { error: 'must be host:port', abort: true })
  .refine(
    (address) => Number(address.slice(address.lastIndexOf(':') + 1)) <= 65_535,
    'must have a port of 65535 or less',
  );

/** A path as it stands, or from the working directory. */
export const filePath = text.refine((path) => !path.includes('\0'), 'must be the path of a file');

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;

function authorityOf(url: string): string {
  return /^[^/]*\/\/([^/?#]*)/.exec(url)?.[1] ?? '';
}
