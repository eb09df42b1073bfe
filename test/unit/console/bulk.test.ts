/**
 * Goal: an action on all that match reaches each once, and a refusal stops no other. Method: the calls are replaced.
 */
import { actOnAll, type BulkOutcome } from '../../../console/pages/jobs/bulk';

const jobIds = Array.from({ length: 23 }, (_, index) => `job-${index}`);

test('each job once, and refusals beside', async () => {
  const asked: string[] = [];
  const seen: BulkOutcome[] = [];
  const outcome = await actOnAll(
    'cancel',
    jobIds,
    new AbortController().signal,
    (soFar) => seen.push(soFar),
    async (_action, jobId) => {
      asked.push(jobId);
      await Promise.resolve();
      if (jobId === 'job-7') throw new Error('A job that is Complete cannot be cancelled');
    },
  );
  expect(asked).toEqual(jobIds);
  expect(outcome).toEqual({
    done: 22,
    failures: [{ jobId: 'job-7', message: 'A job that is Complete cannot be cancelled' }],
  });
  expect(seen).toHaveLength(23);
});

test('stopped, it asks for no more', async () => {
  const stop = new AbortController();
  let asked = 0;
  const outcome = await actOnAll(
    'pause',
    jobIds,
    stop.signal,
    () => undefined,
    async () => {
      asked += 1;
      if (asked === 5) stop.abort();
      await Promise.resolve();
    },
  );
  expect(asked).toBeLessThan(10);
  expect(outcome.done).toBe(asked);
});
