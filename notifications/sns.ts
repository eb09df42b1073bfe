import { PublishCommand, type PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { NotificationConfig } from '../config/config';
import type { Delivery, JobEvent } from '../contracts/engine/events';
import { type AwsAddress, awsClientOptions } from './aws-client';
import { awsDeliveryError } from './aws-error';
import type { Target } from './notifier';

export type SnsConfig = NotificationConfig['sns'][number];

/** Publishes the event, whole, as the message. Attributes serve the topic's filter policies. */
export class SnsTopic implements Target {
  private readonly client: SNSClient;

  constructor(private readonly config: SnsConfig & AwsAddress) {
    this.client = new SNSClient(awsClientOptions(config));
  }

  async deliver(event: JobEvent, signal?: AbortSignal): Promise<Delivery> {
    const { name, topicArn } = this.config;
    try {
      await this.client.send(new PublishCommand(message(topicArn, event)), signal ? { abortSignal: signal } : {});
      return 'delivered';
    } catch (error) {
      signal?.throwIfAborted();
      throw awsDeliveryError(name, error);
    }
  }

  close(): Promise<void> {
    this.client.destroy();
    return Promise.resolve();
  }
}

function message(topicArn: string, event: JobEvent): PublishCommandInput {
  const { jobId, status } = event.detail.serviceEventDetails;
  const attributes = { account: event.account, eventName: event.detail.eventName, jobId, status };
  return {
    TopicArn: topicArn,
    Subject: `S3 Batch Operations job ${jobId}: ${status}`,
    Message: JSON.stringify(event),
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, { DataType: 'String', StringValue: value }]),
    ),
    // A FIFO topic keeps the order of each job, and drops what it has seen within five minutes.
    ...(topicArn.endsWith('.fifo') ? { MessageGroupId: jobId, MessageDeduplicationId: event.id } : {}),
  };
}
