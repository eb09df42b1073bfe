import { unescape } from 'node:querystring';
import { Agent, request } from 'undici';
import type { Delivery, JobEvent } from '../contracts/engine/events';
import { DroverError } from '../contracts/engine/failures';
import { LIMITS } from '../contracts/limits';
import { webhookHeaders, webhookKey } from '../storage/webhooks/signature';
import { DeliveryError, type Target } from './notifier';

export interface WebhookOptions {
  /** As messages call it. */
  readonly name: string;
  readonly url: string;
  /** Absent: the request is not signed. */
  readonly secret?: string | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly timeoutMs?: number;
}

/** Bytes of an answer that are read and dropped, so that the connection can be kept. */
const ANSWER_BYTES_MAX = 64 * 1024;

/**
 * POSTs the event, signed as Standard Webhooks 1.0.0 says (standardwebhooks.com).
 * 2xx is success, redirects are not followed, 410 ends it.
 */
export class Webhook implements Target {
  private readonly key: Buffer | undefined;
  private readonly url: URL;
  /** Basic authentication, when the URL has a user (RFC 7617). */
  private readonly authorization: Record<string, string>;
  private readonly agent = new Agent({ connect: { timeout: LIMITS.notification.requestTimeoutMs } });

  constructor(private readonly options: WebhookOptions) {
    this.key = options.secret === undefined ? undefined : signingKey(options.name, options.secret);
    this.url = new URL(options.url);
    this.authorization = basicAuthorization(this.url);
    this.url.username = this.url.password = '';
  }

  async deliver(event: JobEvent, signal?: AbortSignal): Promise<Delivery> {
    const { statuses } = this.options;
    if (statuses && !statuses.includes(event.detail.serviceEventDetails.status)) return 'skipped';
    const { status, retryAfter } = await this.post(event, signal);
    if (status >= 200 && status < 300) return 'delivered';
    throw this.refusal(status, retryAfter);
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async post(event: JobEvent, signal?: AbortSignal): Promise<{ status: number; retryAfter: unknown }> {
    const { name, timeoutMs = LIMITS.notification.requestTimeoutMs } = this.options;
    const timeout = AbortSignal.timeout(timeoutMs);
    const body = JSON.stringify(event);
    try {
      const answer = await request(this.url, {
        method: 'POST',
        dispatcher: this.agent,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'drover',
          ...this.authorization,
          ...webhookHeaders(event.id, body, this.key),
        },
        body,
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
      });
      // What it says beyond the status is of no use, and may be what a stranger wanted to read through us.
      await answer.body.dump({ limit: ANSWER_BYTES_MAX, signal: timeout }).catch(() => undefined);
      return { status: answer.statusCode, retryAfter: answer.headers['retry-after'] };
    } catch (error) {
      signal?.throwIfAborted();
      const why = timeout.aborted ? `no answer within ${timeoutMs / 1_000} s` : networkReason(error);
      throw new DeliveryError('NotificationFailed', `${name}: ${why}`);
    }
  }

  private refusal(status: number, retryAfter: unknown): DeliveryError {
    const { name } = this.options;
    if (status === 410) return new DeliveryError('NotificationTargetGone', `${name}: answered 410 Gone`);
    const redirect = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
    return new DeliveryError('NotificationFailed', `${name}: answered ${status}${redirect}`, {
      retryAfterMs: retryAfterMs(retryAfter),
    });
  }
}

function signingKey(name: string, secret: string): Buffer {
  const key = webhookKey(secret);
  if (key.length === 0) throw new DroverError('InvalidConfiguration', `The secret of the webhook ${name} is empty`);
  return key;
}

function basicAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  // Unlike decodeURIComponent, it takes a lone `%` for itself, as URLs do.
  const user = `${unescape(username)}:${unescape(password)}`;
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}

/** Seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(header: unknown): number | undefined {
  if (typeof header !== 'string') return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}

/** The code alone: undici's texts repeat addresses, and may repeat the URL. */
function networkReason(error: unknown): string {
  const { code, errors } = (error ?? {}) as { code?: unknown; errors?: unknown[] };
  if (typeof code === 'string' && code !== '') return `no answer (${code})`;
  return Array.isArray(errors) && errors.length > 0 ? networkReason(errors[0]) : 'no answer';
}
