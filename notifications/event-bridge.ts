import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { NotificationConfig } from '../config/config';
import type { Delivery, JobEvent } from '../contracts/engine/events';
import { type AwsAddress, awsClientOptions } from './aws-client';
import { awsDeliveryError } from './aws-error';
import { DeliveryError, type Target } from './notifier';

export type EventBridgeConfig = NotificationConfig['eventBridge'][number];

/** EventBridge keeps `aws.` to itself: an entry with the event's own source fails with NotAuthorizedForSourceException. */
const EVENT_BRIDGE_SOURCE = 'drover';

/** Codes of single entries that may pass (API_PutEventsResultEntry). */
const PASSING = new Set(['InternalFailure', 'InternalException', 'ThrottlingException']);

/** Puts the event on a bus. The bus makes an envelope of its own; `detail.eventID` stays the same in every attempt. */
export class EventBus implements Target {
  private readonly client: EventBridgeClient;

  constructor(private readonly config: EventBridgeConfig & AwsAddress) {
    this.client = new EventBridgeClient(awsClientOptions(config));
  }

  async deliver(event: JobEvent, signal?: AbortSignal): Promise<Delivery> {
    const { FailedEntryCount = 0, Entries = [] } = await this.put(event, signal);
    if (FailedEntryCount === 0) return 'delivered';
    const { ErrorCode = 'InternalFailure', ErrorMessage = '' } = Entries[0] ?? {};
    const code = PASSING.has(ErrorCode) ? 'NotificationFailed' : 'NotificationRefused';
    throw new DeliveryError(code, `${this.config.name}: the bus did not take it (${ErrorCode}: ${ErrorMessage})`);
  }

  close(): Promise<void> {
    this.client.destroy();
    return Promise.resolve();
  }

  private async put(event: JobEvent, signal?: AbortSignal) {
    const { name, busName } = this.config;
    const entry = {
      Source: EVENT_BRIDGE_SOURCE,
      DetailType: event['detail-type'],
      Detail: JSON.stringify(event.detail),
      Time: new Date(event.time),
      Resources: [...event.resources],
      EventBusName: busName,
    };
    try {
      const command = new PutEventsCommand({ Entries: [entry] });
      return await this.client.send(command, signal ? { abortSignal: signal } : {});
    } catch (error) {
      signal?.throwIfAborted();
      throw awsDeliveryError(name, error);
    }
  }
}
