import { createHmac } from 'node:crypto';

const SECRET_PREFIX = 'whsec_';

/** `whsec_` and base64, as Standard Webhooks writes keys; anything else is taken as it is, in UTF-8. May be empty. */
export function webhookKey(secret: string): Buffer {
  return secret.startsWith(SECRET_PREFIX)
    ? Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64')
    : Buffer.from(secret, 'utf8');
}

/**
 * The headers of one attempt, as Standard Webhooks 1.0.0 has them (standardwebhooks.com): the HMAC-SHA256 of
 * `id.timestamp.body`, the time in seconds. Without a key the request is not signed.
 */
export function webhookHeaders(
  id: string,
  body: string | Uint8Array,
  key: Buffer | undefined,
  nowMs = Date.now(),
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp };
  if (!key) return headers;
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${mac}` };
}
