/**
 * Goal: services that speak SNS and EventBridge take our events, and what their subscribers get can be used: whole, filterable.
 * Method: topics, a bus and rules in moto, each with a queue behind it that is read.
 */
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { NotificationConfig } from '../../../config/config';
import { createNotifier, type Notifier } from '../../../notifications';
import { EVENT_JOB, jobEvent } from '../../support/events';
import { type StartedServer, startMoto } from '../../support/servers/stack';

const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'drover', secretAccessKey: 'drover-secret' };

let moto: StartedServer;
let notifier: Notifier;
let sns: SNSClient;
let events: EventBridgeClient;

beforeAll(async () => {
  moto = await startMoto();
  const client = { region: REGION, endpoint: moto.url, credentials: CREDENTIALS };
  sns = new SNSClient(client);
  events = new EventBridgeClient(client);
});
afterAll(async () => {
  sns.destroy();
  events.destroy();
  await moto.stop();
});
afterEach(() => notifier.close());

function start(targets: Partial<NotificationConfig>): void {
  notifier = createNotifier({ webhooks: [], sns: [], eventBridge: [], jobWebhooks: { allow: [] }, ...targets });
}

const address = () => ({
  region: REGION,
  endpoint: moto.url,
  credentials: { kind: 'static', ...CREDENTIALS } as const,
});

/** SQS without its SDK. */
async function sqs(action: string, body: object): Promise<Record<string, unknown>> {
  const response = await fetch(moto.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=drover/20260101/${REGION}/sqs/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${action}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, unknown>;
}

async function newQueue(name: string): Promise<{ url: string; arn: string }> {
  const attributes = name.endsWith('.fifo') ? { Attributes: { FifoQueue: 'true' } } : {};
  const { QueueUrl } = await sqs('CreateQueue', { QueueName: name, ...attributes });
  return { url: String(QueueUrl), arn: `arn:aws:sqs:${REGION}:${EVENT_JOB.account}:${name}` };
}

async function received(queue: { url: string }): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs('ReceiveMessage', { QueueUrl: queue.url, MaxNumberOfMessages: 10 });
    const messages = Messages as { Body: string; ReceiptHandle: string }[];
    if (messages.length === 0) return bodies;
    for (const { Body, ReceiptHandle } of messages) {
      bodies.push(Body);
      await sqs('DeleteMessage', { QueueUrl: queue.url, ReceiptHandle });
    }
  }
}

test('SNS: subscribers get the event, those with a filter what they asked for', async () => {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'jobs' }));
  const [everything, ends] = [await newQueue('everything'), await newQueue('ends')];
  const subscription = { TopicArn, Protocol: 'sqs', Attributes: { RawMessageDelivery: 'true' } };
  await sns.send(new SubscribeCommand({ ...subscription, Endpoint: everything.arn }));
  const FilterPolicy = JSON.stringify({ status: ['Complete', 'Failed'], account: [EVENT_JOB.account] });
  await sns.send(
    new SubscribeCommand({
      ...subscription,
      Endpoint: ends.arn,
      Attributes: { ...subscription.Attributes, FilterPolicy },
    }),
  );
  start({ sns: [{ name: 'topic', topicArn: TopicArn, ...address() }] });
  const sent = [jobEvent('Active'), jobEvent('Complete')];
  for (const event of sent) expect(await notifier.deliver({ target: 'topic', event })).toBe('delivered');
  expect((await received(everything)).map((body) => JSON.parse(body))).toEqual(sent);
  expect((await received(ends)).map((body) => JSON.parse(body))).toEqual(sent.slice(1));
});

test('SNS: a FIFO topic keeps the order and drops what comes twice', async () => {
  const { TopicArn = '' } = await sns.send(
    new CreateTopicCommand({ Name: 'jobs.fifo', Attributes: { FifoTopic: 'true' } }),
  );
  const queue = await newQueue('ordered.fifo');
  const Attributes = { RawMessageDelivery: 'true' };
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Attributes, Endpoint: queue.arn }));
  start({ sns: [{ name: 'topic', topicArn: TopicArn, ...address() }] });
  const sent = [jobEvent('Preparing'), jobEvent('Active'), jobEvent('Complete')];
  for (const event of [sent[0]!, sent[1]!, sent[1]!, sent[2]!]) await notifier.deliver({ target: 'topic', event });
  const bodies = (await received(queue)).map((body) => JSON.parse(body));
  expect(bodies).toEqual(sent);
});

test('SNS: a topic that is not there', async () => {
  start({ sns: [{ name: 'topic', topicArn: `arn:aws:sns:${REGION}:${EVENT_JOB.account}:none`, ...address() }] });
  await expect(notifier.deliver({ target: 'topic', event: jobEvent() })).rejects.toMatchObject({
    code: 'NotificationRefused',
    message: expect.stringMatching(/^topic: answered 404 \(NotFound/),
  });
});

test('EventBridge: rules match as they do on AWS, but for the source', async () => {
  await events.send(new CreateEventBusCommand({ Name: 'batch' }));
  const [ours, completed] = [await newQueue('ours'), await newQueue('completed')];
  const rules = [
    { queue: ours, pattern: { source: ['drover'], account: [EVENT_JOB.account] } },
    {
      queue: completed,
      pattern: {
        'detail-type': ['AWS Service Event via CloudTrail'],
        detail: {
          eventSource: ['s3.amazonaws.com'],
          eventName: ['JobStatusChanged'],
          serviceEventDetails: { status: ['Complete'] },
        },
      },
    },
  ];
  for (const [index, { queue, pattern }] of rules.entries()) {
    const rule = { EventBusName: 'batch' };
    const Name = `rule-${index}`;
    await events.send(new PutRuleCommand({ ...rule, Name, EventPattern: JSON.stringify(pattern) }));
    await events.send(new PutTargetsCommand({ ...rule, Rule: Name, Targets: [{ Id: '1', Arn: queue.arn }] }));
  }
  start({ eventBridge: [{ name: 'bus', busName: 'batch', ...address() }] });
  const sent = [jobEvent('Active'), jobEvent('Complete')];
  for (const event of sent) expect(await notifier.deliver({ target: 'bus', event })).toBe('delivered');
  const got = (await received(ours)).map((body) => JSON.parse(body));
  expect(got).toEqual(
    sent.map((event) =>
      expect.objectContaining({
        source: 'drover',
        'detail-type': event['detail-type'],
        region: event.region,
        resources: [],
        detail: event.detail,
      }),
    ),
  );
  expect((await received(completed)).map((body) => JSON.parse(body).detail)).toEqual([sent[1]!.detail]);
});
