/**
 * Goal: SNS and EventBridge get the event in the form that they document, and their errors are told apart. Method: an HTTP
 * server that stands for them and whose requests are read without the SDK. That real services of this kind take them is seen in
 * test/stack/installation/notifications.test.ts.
 */
import type { ServerResponse } from 'node:http';
import { EventBus } from '../../../notifications/event-bridge';
import { SnsTopic } from '../../../notifications/sns';
import { jobEvent } from '../../support/events';
import { type HttpStoreStub, startHttpStoreStub } from '../../support/servers/http-store-stub';

const EVENT = jobEvent('Complete');
const CREDENTIALS = { kind: 'static', accessKeyId: 'AKID', secretAccessKey: 'secret', sessionToken: 'token' } as const;
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:jobs';

let server: HttpStoreStub;
let answer: (response: ServerResponse) => void;

beforeAll(async () => {
  server = await startHttpStoreStub((response) => answer(response));
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(() => server.close());

function topic(topicArn = TOPIC, endpoint = server.endpoint): SnsTopic {
  return new SnsTopic({ name: 'topic', topicArn, region: 'eu-west-1', endpoint, credentials: CREDENTIALS });
}

function bus(): EventBus {
  const { endpoint } = server;
  return new EventBus({ name: 'bus', busName: 'jobs', region: 'eu-west-1', endpoint, credentials: CREDENTIALS });
}

function answering(status: number, body: string, contentType = 'text/xml'): void {
  answer = (response) => response.writeHead(status, { 'content-type': contentType }).end(body);
}

const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

function snsError(code: string, message: string): string {
  return `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
}

function put(failures: readonly { ErrorCode: string; ErrorMessage: string }[] = []): string {
  return JSON.stringify({
    FailedEntryCount: failures.length,
    Entries: failures.length === 0 ? [{ EventId: '1' }] : failures,
  });
}

describe('SNS', () => {
  test('publishes the whole event, with attributes to filter by', async () => {
    answering(200, PUBLISHED);
    expect(await topic().deliver(EVENT)).toBe('delivered');
    const [seen] = server.requests;
    const form = new URLSearchParams(seen?.body.toString());
    expect(form.get('Action')).toBe('Publish');
    expect(form.get('TopicArn')).toBe(TOPIC);
    expect(form.get('Subject')).toBe(`S3 Batch Operations job ${EVENT.detail.serviceEventDetails.jobId}: Complete`);
    expect(form.get('Subject')!.length).toBeLessThan(100);
    expect(JSON.parse(form.get('Message')!)).toEqual(EVENT);
    const attributes = [1, 2, 3, 4].map((n) => [
      form.get(`MessageAttributes.entry.${n}.Name`),
      form.get(`MessageAttributes.entry.${n}.Value.DataType`),
      form.get(`MessageAttributes.entry.${n}.Value.StringValue`),
    ]);
    expect(attributes).toEqual([
      ['account', 'String', '123456789012'],
      ['eventName', 'String', 'JobStatusChanged'],
      ['jobId', 'String', EVENT.detail.serviceEventDetails.jobId],
      ['status', 'String', 'Complete'],
    ]);
    expect(form.has('MessageGroupId')).toBe(false);
    expect(seen?.headers.authorization).toMatch(/Credential=AKID\/\d{8}\/eu-west-1\/sns\/aws4_request/);
  });

  test('a FIFO topic gets group and deduplication id', async () => {
    answering(200, PUBLISHED);
    await topic(`${TOPIC}.fifo`).deliver(EVENT);
    const form = new URLSearchParams(server.requests[0]?.body.toString());
    expect(form.get('MessageGroupId')).toBe(EVENT.detail.serviceEventDetails.jobId);
    expect(form.get('MessageDeduplicationId')).toBe(EVENT.id);
  });

  test.each([
    [400, 'InvalidParameter', 'NotificationRefused'],
    [403, 'AuthorizationError', 'NotificationRefused'],
    [403, 'InvalidClientTokenId', 'NotificationRefused'],
    [404, 'NotFound', 'NotificationRefused'],
    [400, 'Throttling', 'NotificationFailed'],
    [429, 'TooManyRequests', 'NotificationFailed'],
    [403, 'ExpiredToken', 'NotificationFailed'],
    [500, 'InternalError', 'NotificationFailed'],
    [503, 'ServiceUnavailable', 'NotificationFailed'],
  ])('%i %s is %s', async (status, code, expected) => {
    answering(status, snsError(code, 'It went wrong'));
    await expect(topic().deliver(EVENT)).rejects.toMatchObject({
      code: expected,
      message: expect.stringMatching(new RegExp(`^topic: answered ${status} \\(${code}\\w*: It went wrong\\)$`)),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('a refused signature does not bring the session token into the message', async () => {
    const canonical = 'The signature does not match.\n\nThe canonical string: x-amz-security-token:token';
    answering(403, snsError('SignatureDoesNotMatch', canonical));
    await expect(topic().deliver(EVENT)).rejects.toMatchObject({
      message: 'topic: answered 403 (SignatureDoesNotMatch: The signature does not match.)',
    });
  });

  test('nobody listens', async () => {
    await expect(topic(TOPIC, 'http://127.0.0.1:1').deliver(EVENT)).rejects.toMatchObject({
      code: 'NotificationFailed',
      message: expect.stringMatching(/^topic: no answer \(/),
    });
  });
});

describe('EventBridge', () => {
  test('puts the detail on the bus', async () => {
    answering(200, put(), 'application/x-amz-json-1.1');
    expect(await bus().deliver(EVENT)).toBe('delivered');
    const [seen] = server.requests;
    expect(seen?.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
    const { Entries } = JSON.parse(seen?.body.toString() ?? '') as { Entries: Record<string, unknown>[] };
    expect(Entries).toEqual([
      {
        Source: 'drover',
        DetailType: 'AWS Service Event via CloudTrail',
        Detail: JSON.stringify(EVENT.detail),
        Time: Date.parse(EVENT.time) / 1_000,
        Resources: [],
        EventBusName: 'jobs',
      },
    ]);
  });

  test.each([
    ['NotAuthorizedForSourceException', 'NotificationRefused'],
    ['MalformedDetail', 'NotificationRefused'],
    ['ThrottlingException', 'NotificationFailed'],
    ['InternalFailure', 'NotificationFailed'],
  ])('an entry that fails with %s is %s', async (ErrorCode, expected) => {
    answering(200, put([{ ErrorCode, ErrorMessage: 'No' }]), 'application/x-amz-json-1.1');
    await expect(bus().deliver(EVENT)).rejects.toMatchObject({
      code: expected,
      message: `bus: the bus did not take it (${ErrorCode}: No)`,
    });
  });

  test.each([
    [400, 'ResourceNotFoundException', 'NotificationRefused'],
    [400, 'ThrottlingException', 'NotificationFailed'],
    [500, 'InternalException', 'NotificationFailed'],
  ])('%i %s is %s', async (status, type, expected) => {
    answering(status, JSON.stringify({ __type: type, message: 'No' }), 'application/x-amz-json-1.1');
    await expect(bus().deliver(EVENT)).rejects.toMatchObject({ code: expected });
  });
});
