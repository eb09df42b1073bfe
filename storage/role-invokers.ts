import { functionAllowed, webhookOf } from '../config/access/buckets';
import type { RoleConfig, RoleWebhookConfig } from '../config/config';
import { DroverError } from '../contracts/engine/failures';
import type {
  CallOptions,
  FunctionAnswer,
  FunctionInvoker,
  WebhookAnswer,
  WebhookCallOptions,
  WebhookInvoker,
} from './object-store';
import type { WebhookPoster } from './webhooks/poster';

const URLS_KEPT_MAX = 256;

/** Functions that the role may invoke; others reject with FunctionNotAllowed. */
export class RoleFunctions implements FunctionInvoker {
  constructor(
    private readonly role: RoleConfig,
    private readonly invoker: () => FunctionInvoker,
  ) {}

  async invoke(functionArn: string, payload: string, options?: CallOptions): Promise<FunctionAnswer> {
    if (!functionAllowed(this.role, functionArn)) {
      throw new DroverError(
        'FunctionNotAllowed',
        `The role ${this.role.arn} may not invoke the function ${functionArn}`,
      );
    }
    return this.invoker().invoke(functionArn, payload, options);
  }
}

/** URLs that the role may call; others reject with UrlNotAllowed. */
export class RoleWebhooks implements WebhookInvoker {
  /** Asked for every task. */
  private readonly found = new Map<string, RoleWebhookConfig>();

  constructor(
    private readonly role: RoleConfig,
    private readonly poster: WebhookPoster,
  ) {}

  async post(url: string, id: string, payload: string, options?: WebhookCallOptions): Promise<WebhookAnswer> {
    return this.poster.post(this.found.get(url) ?? this.find(url), url, id, payload, options);
  }

  private find(url: string): RoleWebhookConfig {
    const webhook = webhookOf(this.role, url);
    if (!webhook) {
      throw new DroverError('UrlNotAllowed', `The role ${this.role.arn} may not call ${url.split('?')[0] ?? ''}`);
    }
    if (this.found.size >= URLS_KEPT_MAX) this.found.clear();
    this.found.set(url, webhook);
    return webhook;
  }
}
