import type { NotificationConfig } from '../config/config';
import type { Delivery } from '../contracts/engine/events';
import { EventBus } from './event-bridge';
import { type Delivering, DeliveryError, type Notifier, type Target } from './notifier';
import { SnsTopic } from './sns';
import { isAllowedWebhook } from './targets';
import { Webhook } from './webhook';

export { DeliveryError, type Delivering, type Notifier } from './notifier';
export { isAllowedWebhook, notificationTargets } from './targets';

/** Connects when the first event is due. Throws `DroverError('InvalidConfiguration')` for a secret that can't be used. */
export function createNotifier(config: NotificationConfig): Notifier {
  return new ConfiguredNotifier(config);
}

class ConfiguredNotifier implements Notifier {
  private readonly targets: ReadonlyMap<string, Target>;

  constructor(private readonly config: NotificationConfig) {
    this.targets = new Map<string, Target>([
      ...config.webhooks.map((one) => [one.name, new Webhook(one)] as const),
      ...config.sns.map((one) => [one.name, new SnsTopic(one)] as const),
      ...config.eventBridge.map((one) => [one.name, new EventBus(one)] as const),
    ]);
  }

  async deliver({ target, url, event }: Delivering, signal?: AbortSignal): Promise<Delivery> {
    if (target === undefined) return this.deliverToJobWebhook(url ?? '', event, signal);
    const known = this.targets.get(target);
    const accounts = this.config.webhooks.find(({ name }) => name === target)?.accounts;
    if (!known || accounts?.includes(event.account) === false) {
      throw new DeliveryError('NotificationTargetGone', `${target}: not configured any more`);
    }
    return known.deliver(event, signal);
  }

  async close(): Promise<void> {
    await Promise.all([...this.targets.values()].map((target) => target.close()));
  }

  private async deliverToJobWebhook(url: string, event: Delivering['event'], signal?: AbortSignal): Promise<Delivery> {
    const name = "the job's webhook";
    // It was allowed when the job was created.
    if (!isAllowedWebhook(this.config, url)) {
      throw new DeliveryError('NotificationTargetGone', `${name}: not allowed any more`);
    }
    const webhook = new Webhook({ name, url, secret: this.config.jobWebhooks.secret });
    try {
      return await webhook.deliver(event, signal);
    } finally {
      await webhook.close();
    }
  }
}
