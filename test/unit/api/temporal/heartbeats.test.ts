/** Goal: a batch says what holds it up. Method: pending activities as Temporal describes them, on a clock of the test. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { heartbeatOf } from '../../../../api/temporal/values';

const NOW_MS = Date.parse('2026-11-30T12:00:00Z');
const RULE = { timeoutMs: 20_000, nowMs: NOW_MS };
const CLIENT = { options: { loadedDataConverter: { payloadCodecs: [], payloadConverter: defaultPayloadConverter } } };
const CHECKPOINT = { v: 1, done: 'AQ==', tally: { succeeded: 1, failed: 0, pending: 0 }, part: '1-ab' };
const SILENT =
  'the store default (http://store, us-east-1): no answer since 2026-11-30T11:59:00.000Z (PutObject, bucket herd)';

function pending(beatAgoMs: number, details: object, more: object = {}) {
  const lastHeartbeatTime = { seconds: Math.floor((NOW_MS - beatAgoMs) / 1_000), nanos: 0 };
  const heartbeatDetails = { payloads: [defaultPayloadConverter.toPayload(details)] };
  return { activityId: 'batch-0', state: 2, lastHeartbeatTime, heartbeatDetails, ...more } as never;
}

function read(activity: never) {
  return heartbeatOf(CLIENT as unknown as Client, activity, RULE);
}

test('a batch that goes on: its checkpoint alone', async () => {
  expect(await read(pending(1_000, CHECKPOINT))).toEqual({ activityId: 'batch-0', checkpoint: CHECKPOINT });
});

test('a store that does not answer its attempt, before the first checkpoint and after it', async () => {
  expect(await read(pending(1_000, { silentStore: SILENT }))).toEqual({ activityId: 'batch-0', trouble: SILENT });
  expect(await read(pending(1_000, { ...CHECKPOINT, silentStore: SILENT }))).toEqual({
    ...{ activityId: 'batch-0', checkpoint: CHECKPOINT, trouble: SILENT },
  });
});

test('a worker that has gone without a word', async () => {
  const { trouble } = await read(pending(8_000, { ...CHECKPOINT, silentStore: SILENT }));
  expect(trouble).toBe('batches of a worker that stopped answering: taken up again in up to 20 s');
});

test('one that waits for its next attempt: why the last one failed', async () => {
  const lastFailure = { message: 'HeadObject at default: nothing listens there' };
  const { trouble } = await read(pending(60_000, CHECKPOINT, { state: 1, attempt: 3, lastFailure }));
  expect(trouble).toBe('HeadObject at default: nothing listens there (attempt 3; retried automatically)');
});
