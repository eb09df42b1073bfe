/**
 * Goal: the console offers what the API would do. Method: its rules are compared with those of contracts/lifecycle, state by
 * state: the console knows REST alone, and has a copy.
 */
import { BULK_ACTIONS, countJobs } from '../../../api/jobs/job-counts';
import type { JobRecord } from '../../../api/jobs/job-view';
import { canBe, hasEnded, STATUSES } from '../../../console/parts/lifecycle';
import { effectOf, isTerminal } from '../../../contracts/engine/lifecycle';
import { JOB_STATUSES, type JobSnapshot, type JobStatus } from '../../../contracts/job';

const progress = { totalTasks: 9, succeeded: 1, failed: 0, skipped: 0, pending: 0, activeSeconds: 0 };

test('it knows all states', () => {
  expect([...STATUSES]).toEqual([...JOB_STATUSES]);
});

test.each(JOB_STATUSES)('%s', (status: JobStatus) => {
  expect(hasEnded(status)).toBe(isTerminal(status));
  for (const action of ['confirm', 'pause', 'cancel'] as const) {
    expect([action, canBe(action, { status, progress })]).toEqual([action, effectOf(action, status) === 'changes']);
  }
  // A pause that is remembered before Active can be taken back, but no list tells of it.
  if (canBe('resume', { status, progress })) expect(effectOf('resume', status)).toBe('changes');
  expect(canBe('retry', { status, progress })).toBe(false);
  expect(canBe('retry', { status, progress: { ...progress, failed: 1 } })).toBe(isTerminal(status));
});

test('a pause by priority is none of a person: it can be made one, not taken back', () => {
  const job = { status: 'Paused', pausedBy: 'priority', progress } as const;
  expect([canBe('pause', job), canBe('resume', job)]).toEqual([true, false]);
});

test.each(['user', 'priority', 'all', undefined] as const)(
  'what the API counts is what the console then finds, of jobs that are paused by %s',
  async (pausedBy) => {
    for (const status of JOB_STATUSES) {
      for (const failed of [0, 1]) {
        const job = { status, progress: { ...progress, failed }, ...(pausedBy && { pausedBy }) };
        const { changeable } = await countJobs(only(job), { account: '1', statuses: [] });
        for (const action of BULK_ACTIONS) {
          expect([status, action, changeable[action]]).toEqual([status, action, canBe(action, job) ? 1 : 0]);
        }
      }
    }
  },
);

type Shown = Parameters<typeof canBe>[1];

async function* only({ status, pausedBy, progress: { failed } }: Shown): AsyncGenerator<JobRecord> {
  const snapshot = { status, pausedBy, tally: { succeeded: 1, failed } } as JobSnapshot;
  yield { jobId: 'job', memo: { snapshot }, execution: 'running' } as JobRecord;
}
