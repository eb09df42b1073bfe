/**
 * Goal: an attempt that fails tells Temporal whether and when to try again. Method: the activity in Temporal's mock
 * environment, with a notifier that fails as told.
 */
import { ApplicationFailure } from '@temporalio/activity';
import { deliverEventActivity } from '../../../activities/deliver-event';
import { reportingFailures } from '../../../activities/failure';
import { type Delivering, DeliveryError, type Notifier } from '../../../notifications';
import { activityEnvironment } from '../../support/activity-environment';
import { jobEvent } from '../../support/events';

const EVENT = jobEvent();

function notifier(deliver: Notifier['deliver']): { notifications: Notifier } {
  return { notifications: { deliver, close: () => Promise.resolve() } };
}

function run(deliver: Notifier['deliver'], attempt = 1, input: Delivering = { target: 'ops', event: EVENT }) {
  const environment = activityEnvironment({ attempt });
  const activity = reportingFailures(deliverEventActivity(notifier(deliver)));
  return { environment, result: environment.run(activity, input) };
}

async function failureOf(error: Error, attempt?: number): Promise<ApplicationFailure> {
  const failure: unknown = await run(() => Promise.reject(error), attempt).result.catch((reason: unknown) => reason);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  return failure as ApplicationFailure;
}

test('what is asked for is passed on, and so is what came of it', async () => {
  const asked: Delivering[] = [];
  const deliver = (delivering: Delivering) => {
    asked.push(delivering);
    return Promise.resolve('skipped' as const);
  };
  expect(await run(deliver, 1, { url: 'https://hooks.example', event: EVENT }).result).toBe('skipped');
  expect(asked).toEqual([{ url: 'https://hooks.example', event: EVENT }]);
});

test.each([
  ['NotificationFailed', false],
  ['NotificationRefused', true],
  ['NotificationTargetGone', true],
] as const)('%s', async (code, nonRetryable) => {
  const failure = await failureOf(new DeliveryError(code, 'ops: no'));
  expect(failure).toMatchObject({ type: code, message: 'ops: no', nonRetryable, stack: '' });
  expect(failure.nextRetryDelay).toBeUndefined();
});

test.each([
  ['longer than the back-off: obeyed', 120_000, 1, 120_000],
  ['shorter than the back-off: the back-off counts', 5_000, 5, undefined],
  ['equal to the back-off', 16_000, 5, undefined],
  ['shorter than the longest back-off', 599_000, 100, undefined],
  ['longer than an hour: an hour', 86_400_000, 1, 3_600_000],
])('Retry-After %s', async (_what, retryAfterMs, attempt, expected) => {
  const failure = await failureOf(new DeliveryError('NotificationFailed', 'busy', { retryAfterMs }), attempt);
  expect(failure.nextRetryDelay).toBe(expected);
});

test('a worker that stops gives the request up, to be made again elsewhere', async () => {
  const { environment, result } = run(
    (_delivering, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  );
  environment.cancel();
  await expect(result).rejects.toMatchObject({ type: 'NotificationFailed', nonRetryable: false });
});

test('a defect is tried again, but not for a day', async () => {
  expect(await failureOf(new TypeError('x is not a function'), 1)).toMatchObject({ nonRetryable: false });
  expect(await failureOf(new TypeError('x is not a function'), 5)).toMatchObject({
    type: 'InternalError',
    nonRetryable: true,
  });
});
