/** Goal: a store is silent when it owes an answer and has given nobody one. Method: calls and answers by hand, on a clock of the test. */
import { Hearing, silenceText } from '../../../../storage/http/hearing';

let now = 1_000_000;
let hearing: Hearing;

beforeEach(() => {
  now = 1_000_000;
  hearing = new Hearing('default (http://store, us-east-1)', () => now);
});

function asked(operation: string, owner = 'job') {
  const call = hearing.begin(operation, 'herd', owner);
  hearing.sent(call);
  return call;
}

test('nothing asked, nothing silent; a request in the queue is not asked yet', () => {
  expect(hearing.silence).toBeUndefined();
  hearing.begin('HeadObject', 'herd', 'job');
  expect(hearing.silence).toBeUndefined();
});

test('the first request that waits counts, repeats included', () => {
  const call = asked('CopyObject');
  now += 60_000;
  hearing.sent(call);
  asked('PutObject', 'other');
  expect(hearing.silence).toEqual({
    place: 'default (http://store, us-east-1)',
    operation: 'CopyObject',
    resource: 'herd',
    sinceMs: 1_000_000,
    owners: ['job', 'other'],
  });
  expect(silenceText(hearing.silence!)).toBe(
    'the store default (http://store, us-east-1): no answer since 1970-01-01T00:16:40.000Z (CopyObject, bucket herd)',
  );
});

test('an answer to anybody breaks it for all, also to one without an owner', () => {
  asked('CopyObject');
  const probe = hearing.begin('HeadBucket', 'herd', undefined);
  now += 6_000;
  hearing.sent(probe);
  now += 100;
  hearing.heard(probe);
  hearing.end(probe);
  expect(hearing.silence).toMatchObject({ operation: 'CopyObject', sinceMs: now, owners: ['job'] });
});

test('no call waits any more: nothing is silent', () => {
  const call = asked('CopyObject');
  hearing.heard(call);
  hearing.end(call);
  expect(hearing.silence).toBeUndefined();
});

test('what was given up just before goes on counting, what was long ago does not', () => {
  hearing.end(asked('CopyObject'));
  now += 3_000;
  const flush = asked('PutObject');
  expect(hearing.silence).toMatchObject({ operation: 'PutObject', sinceMs: 1_000_000 });
  hearing.end(flush);
  now += 6_000;
  asked('PutObject');
  expect(hearing.silence).toMatchObject({ sinceMs: now });
});
