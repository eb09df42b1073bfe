import type { RoleWebhookConfig } from '../../config/config';
import { LIMITS } from '../../contracts/limits';
import type { RequestCounts } from '../figures';
import { type BucketLimits, invocationLimits } from '../http/adaptive-limit';
import { classify } from '../http/error-meanings';
import type { HttpAnswer } from '../http/exchange';
import { NetworkFault } from '../http/network-fault';
import { RETRY_LIMITS, retryAfterMs, type RetryLimits } from '../http/retry-policy';
import type { HttpTransport } from '../http/transport';
import { unanswered } from '../http/unanswered';
import type { WebhookAnswer, WebhookCallOptions } from '../object-store';
import type { RequestOwner } from '../request-owner';
import { callPatiently } from './patient-call';
import { webhookHeaders, webhookKey } from './signature';

export interface WebhookPosterOptions {
  readonly limits?: BucketLimits;
  readonly retry?: RetryLimits;
  readonly random?: () => number;
  readonly owner?: RequestOwner;
  readonly counts?: RequestCounts;
}

const AUTHORITY_ADVICE = 'name its authority in the variable NODE_EXTRA_CA_CERTS';

/**
 * POSTs JSON to addresses that the configuration allows, signed with the secret that it has for them. Redirects are not
 * followed: they would lead to where nobody allowed it. Only requests that were not taken (429, 503, nobody listens) are
 * repeated here.
 */
export class WebhookPoster {
  private readonly keys = new Map<string, Buffer>();
  private readonly limits: BucketLimits;
  private readonly retry: RetryLimits;
  private readonly random: () => number;

  constructor(
    private readonly transport: HttpTransport,
    private readonly options: WebhookPosterOptions = {},
  ) {
    this.limits = options.limits ?? invocationLimits();
    this.retry = options.retry ?? RETRY_LIMITS;
    this.random = options.random ?? Math.random;
  }

  /** The same, for whose requests `owner` answers. */
  ownedBy(owner: RequestOwner): WebhookPoster {
    return new WebhookPoster(this.transport, { ...this.options, limits: this.limits, owner });
  }

  /** `webhook` is the entry that allows `url`. Rejects with StoreError when there is no answer, or too long a one. */
  async post(
    webhook: RoleWebhookConfig,
    url: string,
    id: string,
    payload: string,
    { signal, timeoutMs = LIMITS.invocation.webhookTimeoutMs }: WebhookCallOptions = {},
  ): Promise<WebhookAnswer> {
    const { origin, host, pathname, search } = new URL(url);
    const body = Buffer.from(payload);
    const key = webhook.secret === undefined ? undefined : this.keyOf(webhook.secret);
    const counts = this.options.counts?.of('POST');
    let isRepeated = false;
    const last = await callPatiently({
      limit: this.limits.of(url),
      retry: this.retry,
      random: this.random,
      signal,
      owner: this.options.owner,
      send: async () => {
        if (counts && isRepeated) counts.retries += 1;
        isRepeated = true;
        const startedAt = performance.now();
        let status = 0;
        const headers = {
          host,
          'content-type': 'application/json',
          accept: 'application/json',
          'user-agent': 'drover',
          // Anew for each attempt: receivers refuse old times.
          ...webhookHeaders(id, body, key),
        };
        const request = { method: 'POST', path: pathname + search, headers, body };
        try {
          const answer = await this.transport.exchange(origin, request, timeoutMs, signal, {
            bodyBytesMax: LIMITS.invocation.answerBytesMax,
            timeoutForWhole: true,
          });
          status = answer.status;
          return answer;
        } finally {
          counts?.count(status, performance.now() - startedAt);
        }
      },
      isThrottle: ({ status }) => {
        const isThrottle = classify(status, '') === 'slowDown';
        if (counts && isThrottle) counts.slowDowns += 1;
        return isThrottle;
      },
    });
    if (last instanceof NetworkFault) {
      throw unanswered(last, {
        // Without the query: there may be a token in it.
        what: `POST ${origin}${pathname}`,
        authorityAdvice: AUTHORITY_ADVICE,
        changesSomething: true,
      });
    }
    return answerOf(last);
  }

  private keyOf(secret: string): Buffer {
    let key = this.keys.get(secret);
    if (!key) this.keys.set(secret, (key = webhookKey(secret)));
    return key;
  }
}

function answerOf({ status, headers, body }: HttpAnswer): WebhookAnswer {
  const waitMs = retryAfterMs(headers, Date.now());
  const { location } = headers;
  return {
    httpStatus: status,
    body: body.toString('utf8'),
    ...(waitMs === 0 ? {} : { retryAfterMs: waitMs }),
    ...(typeof location === 'string' ? { location } : {}),
  };
}
