import { allowingPrefix } from '../config/access/url-prefix';
import type { NotificationConfig } from '../config/config';

/** Names of all targets that want to know of this account's jobs. Recorded with a job when it is created. */
export function notificationTargets(config: NotificationConfig, account: string): readonly string[] {
  const webhooks = config.webhooks.filter(({ accounts }) => accounts?.includes(account) ?? true);
  return [...webhooks, ...config.sns, ...config.eventBridge].map(({ name }) => name);
}

/** Whether a job may bring this webhook: itself, or a URL above it, is allowed (see `allowingPrefix`). */
export function isAllowedWebhook(config: Pick<NotificationConfig, 'jobWebhooks'>, url: string): boolean {
  return allowingPrefix(config.jobWebhooks.allow, url) !== undefined;
}
