import { z } from 'zod';
import { DEFAULTS } from '../defaults';
import { optional } from './described';
import { httpUrl, payloadKey, temporalAddress, text } from './fields';

const temporalTls = z.union(
  [
    z.boolean(),
    z.strictObject({
      caFile: optional(text, "PEM file of the authorities that the server's certificate may be signed by.", {
        words: "the system's",
      }),
      certFile: optional(text, 'PEM file of the client certificate (mTLS). Goes together with `keyFile`.'),
      keyFile: optional(text, 'PEM file of its private key, without a passphrase.'),
      serverName: optional(text, "Name that the server's certificate must have.", { words: 'the host of `address`' }),
    }),
  ],
  { error: 'must be true, false or {caFile, certFile, keyFile, serverName}' },
);

export const temporalSchema = z.strictObject({
  address: optional(temporalAddress, "Temporal's frontend, `host:port`.", { value: DEFAULTS.temporalAddress }),
  namespace: optional(text, 'Namespace of the jobs.', { value: DEFAULTS.temporalNamespace }),
  taskQueue: optional(
    text.max(200),
    'Prefix of the task queues `<prefix>-jobs` and `<prefix>-objects`: apart for installations in one namespace.',
    { value: DEFAULTS.taskQueue },
  ),
  uiUrl: optional(httpUrl, "Temporal's UI as people reach it: jobs then have a link to their workflow."),
  tls: optional(temporalTls, 'TLS: `true`, or a mapping with the members below.', {
    words: '`true` with an API key, else `false`',
  }),
  apiKey: optional(text, 'API key, as Temporal Cloud gives it.'),
  payloadKeys: optional(
    z.array(payloadKey).min(1, 'must have an element, or be left out').max(10),
    'Secrets of 32 characters or more, made at random, up to 10: what Temporal keeps of jobs is encrypted (AES-256-GCM) with the first, and read with each of them.',
    { words: 'none: in the clear' },
  ),
});
