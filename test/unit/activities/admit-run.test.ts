/**
 * Goal: a run of a schedule asks anew what its account may have, and does not wait for a place. Method: the activity, with stores
 * and rules that refuse.
 */
import { admitRunActivity } from '../../../activities/admit-run';
import { reportingFailures } from '../../../activities/failure';
import { DroverError, type FailureCode } from '../../../contracts/engine/failures';
import { activityEnvironment } from '../../support/activity-environment';
import { ACCOUNT, ROLE } from '../../support/job-fixture';
import { memoryRoleStores, MemoryStore, memoryStores } from '../../support/memory-store/store';

function admitting(options: { takenFrom?: string[]; refusal?: FailureCode; isAllPaused?: boolean }): Promise<unknown> {
  const store = new MemoryStore({ buckets: [] });
  const stores = memoryStores(memoryRoleStores(store), store, [ROLE], options.takenFrom);
  const { refusal, isAllPaused = false } = options;
  const admit = (account: string, priority: number): Promise<void> =>
    refusal === undefined
      ? Promise.resolve()
      : Promise.reject(new DroverError(refusal, `no ${priority} for ${account}`));
  const activity = reportingFailures(
    admitRunActivity({ stores, admit, fleet: { isAllPaused: async () => isAllPaused } } as never),
  );
  return activityEnvironment().run(activity, { account: ACCOUNT, roleArn: ROLE, priority: 7 });
}

test('what the account may have is admitted', async () => {
  await expect(admitting({})).resolves.toEqual({ pausedWithAll: false });
});

test('while all jobs are paused, the new one is to begin so', async () => {
  await expect(admitting({ isAllPaused: true })).resolves.toEqual({ pausedWithAll: true });
});

test('where a trace is begun for the job, the run is told', async () => {
  const stores = memoryStores(memoryRoleStores(new MemoryStore({ buckets: [] })), new MemoryStore({ buckets: [] }), [
    ROLE,
  ]);
  const traceJob = jest.fn().mockReturnValueOnce({ traceparent: 'of the job' }).mockReturnValue(undefined);
  const activity = admitRunActivity({
    stores,
    admit: () => Promise.resolve(),
    fleet: { isAllPaused: async () => false },
    traceJob,
  } as never);
  const run = (job: { jobId?: string }): Promise<unknown> =>
    activityEnvironment().run(activity, { account: ACCOUNT, roleArn: ROLE, priority: 7, ...job });
  // A workflow of a former version does not name its job.
  await expect(run({})).resolves.toEqual({ pausedWithAll: false });
  await expect(run({ jobId: 'j1' })).resolves.toEqual({ pausedWithAll: false, trace: { traceparent: 'of the job' } });
  await expect(run({ jobId: 'j2' })).resolves.toEqual({ pausedWithAll: false });
  expect(traceJob.mock.calls).toEqual([[{ account: ACCOUNT, jobId: 'j1' }], [{ account: ACCOUNT, jobId: 'j2' }]]);
});

test.each<[FailureCode, object]>([
  ['AccessDenied', { takenFrom: [ACCOUNT] }],
  ['BadRequestException', { refusal: 'BadRequestException' }],
  ['TooManyRequestsException', { refusal: 'TooManyRequestsException' }],
])('%s is for good', async (type, options) => {
  await expect(admitting(options)).rejects.toMatchObject({ type, nonRetryable: true });
});

test('while Temporal is away it is asked again', async () => {
  await expect(admitting({ refusal: 'ServiceUnavailable' })).rejects.toMatchObject({ nonRetryable: false });
});
