/**
 * Goal: the oracle of the chaos seeds lets pass what is promised, and sees every kind of broken promise. Method: made-up
 * evidence of a good seed, with one fault planted at a time; each check has at least one that only it sees.
 */
import type { JobStatus } from '../../../contracts/job';
import type { JobEvidence, ObjectState, Poll, SeedEvidence, SentCommand } from '../../chaos/evidence';
import { findings, JOB_CHECKS } from '../../chaos/oracle';
import { rowsOf } from '../../chaos/rows';
import type { Command, JobKind, JobPlan } from '../../chaos/script';
import type { ReportRow } from '../../support/stack/report';

const PLAN: JobPlan = {
  name: 'j1',
  kind: 'copy',
  objects: 4,
  missing: 1,
  duplicates: 1,
  unreadable: 1,
  confirmation: false,
  priority: 10,
  limits: {},
};
interface Named {
  readonly spelled: string;
  readonly key: string;
}

const ROWS = rowsOf(1, PLAN);
/** The first object has a second row. */
const [FIRST, SECOND, THIRD] = [1, 2, 3].map((index) => {
  const { spelled, key = '' } = ROWS.filter(({ isThere }) => isThere)[index]!;
  return { spelled, key };
}) as [Named, Named, Named];
const FOLDER = 'chaos-source/s1/j1/';

function reportRow(spelled: string, isThere: boolean): ReportRow {
  const row = { bucket: 'chaos-source', key: spelled, versionId: '' };
  return isThere
    ? { ...row, taskStatus: 'succeeded', httpStatus: '200', errorCode: '', message: 'Successful' }
    : { ...row, taskStatus: 'failed', httpStatus: '404', errorCode: 'NoSuchKey', message: 'there is none' };
}

const REPORT = ROWS.map(({ spelled, isThere }) => reportRow(spelled, isThere));
const STATES = new Map<string, ObjectState>(
  ROWS.flatMap(({ key, isThere }) => (key ? [[key, isThere ? 'done' : 'undone']] : [])),
);

function poll(at: number, status: JobStatus, succeeded = 0, failed = 0, more: Partial<Poll> = {}): Poll {
  return { at, face: 'rest', status, total: ROWS.length, succeeded, failed, ...more };
}

function sent(command: Command, at: number, outcome: SentCommand['outcome'] = 'accepted'): SentCommand {
  return { command, sentAt: at, doneAt: at + 1, outcome };
}

const SUCCEEDED = 5;
const FAILED = 2;

const GOOD: JobEvidence = {
  plan: PLAN,
  jobId: 'id-1',
  rows: ROWS,
  states: STATES,
  polls: [
    poll(100, 'Preparing', 0, 0, { total: 0 }),
    poll(200, 'Active', 2, 0),
    poll(300, 'Paused', 3, 1, { pausedBy: 'user' }),
    poll(400, 'Active', 3, 1, { face: 's3control' }),
    poll(500, 'Complete', SUCCEEDED, FAILED),
  ],
  commands: [sent({ do: 'pause', job: 'j1' }, 250), sent({ do: 'resume', job: 'j1' }, 350)],
  statuses: ['New', 'Preparing', 'Ready', 'Active', 'Pausing', 'Paused', 'Active', 'Completing', 'Complete'],
  end: {
    status: 'Complete',
    succeeded: SUCCEEDED,
    failed: FAILED,
    pending: 0,
    total: ROWS.length,
    priority: 10,
    tags: [],
    failureReasons: [],
  },
  report: REPORT,
  writes: [{ at: 220, method: 'PUT', objects: [`${FOLDER}a`] }],
};

const GOOD_SEED: SeedEvidence = {
  jobs: [GOOD],
  listedJobs: ['id-1'],
  bystanders: { before: ['a', 'b'], after: ['a', 'b'] },
  strangers: [],
  uploadsLeft: [],
  defects: [],
  idle: [],
};

function ofJob(change: Partial<JobEvidence>): string[] {
  return findings({ ...GOOD_SEED, jobs: [{ ...GOOD, ...change }] });
}

function ended(change: Partial<JobEvidence['end']>): Partial<JobEvidence> {
  return { end: { ...GOOD.end, ...change } };
}

const withRow = (spelled: string, change: Partial<ReportRow>): ReportRow[] =>
  REPORT.map((row) => (row.key === spelled ? { ...row, ...change } : row));
const withState = (key: string, state: ObjectState) => new Map(STATES).set(key, state);

const CANCELLED: Partial<JobEvidence> = {
  statuses: ['New', 'Preparing', 'Ready', 'Active', 'Cancelling', 'Cancelled'],
  commands: [sent({ do: 'cancel', job: 'j1' }, 250)],
  polls: [poll(200, 'Active', 1, 0), poll(300, 'Cancelled', 1, 0)],
  report: [reportRow(FIRST.spelled, true)],
  ...ended({ status: 'Cancelled', succeeded: 1, failed: 0 }),
};

describe('what is promised passes', () => {
  test('a job that was paused, resumed and completed', () => {
    expect(findings(GOOD_SEED)).toEqual([]);
  });

  test('a cancelled job has rows of what was flushed; of the rest nothing is said', () => {
    expect(ofJob(CANCELLED)).toEqual([]);
  });

  test('a row says that the request may have taken effect: it may', () => {
    const message = 'No answer was received, the request may have taken effect: PutObject …';
    const row = { taskStatus: 'failed', httpStatus: '0', errorCode: 'ConnectionReset', message };
    const more = { ...ended({ succeeded: SUCCEEDED - 1, failed: FAILED + 1 }), polls: [poll(500, 'Complete', 4, 3)] };
    expect(ofJob({ report: withRow(FIRST.spelled, row), ...more })).toEqual([]);
  });
});

interface Planted {
  readonly fault: string;
  readonly change: Partial<JobEvidence>;
  readonly says: string | RegExp;
}

const PLANTED: readonly Planted[] = [
  {
    fault: 'a transition that is not in the table',
    change: { statuses: ['New', 'Preparing', 'Ready', 'Active', 'Complete'] },
    says: 'Active → Complete is no transition',
  },
  {
    fault: 'a status that was shown and can’t follow',
    change: { polls: [poll(100, 'Active'), poll(200, 'Ready'), poll(500, 'Complete', 5, 2)] },
    says: 'shown Active (rest), then Ready (rest)',
  },
  { fault: 'no end', change: { polls: [poll(100, 'Active')], ...ended({ status: 'Active' }) }, says: 'has not ended' },
  {
    fault: 'a failure',
    change: { ...ended({ status: 'Failed', failureReasons: ['InternalError: timed out'] }) },
    says: /Failed, and nothing was done to it .*InternalError: timed out/,
  },
  { fault: 'a cancel out of nothing', change: { ...CANCELLED, commands: [] }, says: 'nobody had asked for it' },
  {
    fault: 'a cancel without effect',
    change: {
      commands: [sent({ do: 'cancel', job: 'j1' }, 50)],
      writes: [{ at: 40_000, method: 'PUT', objects: [] }],
      polls: [poll(50_000, 'Complete', 5, 2)],
    },
    says: 'long after a cancel was accepted',
  },
  {
    fault: 'a counter that falls, seen by two faces',
    change: {
      polls: [poll(100, 'Active', 4, 1), poll(200, 'Active', 3, 1, { face: 's3control' }), poll(500, 'Complete', 5, 2)],
    },
    says: 'succeeded fell from 4 (Active, rest) to 3 (Active, s3control)',
  },
  {
    fault: 'failed tasks that become fewer',
    change: { polls: [poll(100, 'Active', 3, 2), poll(200, 'Active', 3, 1), poll(500, 'Complete', 5, 2)] },
    says: 'failed fell from 2',
  },
  {
    fault: 'another total',
    change: { polls: [poll(500, 'Complete', 5, 2, { total: 9 })] },
    says: '9 tasks shown, of 7 rows',
  },
  { fault: 'an end that counts less than its report', change: ended({ succeeded: 4 }), says: 'its report has 5 rows' },
  { fault: 'a pending task at the end', change: ended({ pending: 1 }), says: '1 pending tasks' },
  {
    fault: 'a row twice',
    change: { ...ended({ succeeded: 6 }), report: [...REPORT, reportRow(FIRST.spelled, true)] },
    says: 'more report rows than manifest rows (1)',
  },
  {
    fault: 'a cancelled job with counted tasks and no rows',
    change: { ...CANCELLED, report: [] },
    says: 'says 1 succeeded, its report has 0 rows',
  },
  {
    fault: 'a row that is missing',
    change: { ...ended({ succeeded: 4 }), report: REPORT.filter(({ key }) => key !== FIRST.spelled) },
    says: 'no report row (1)',
  },
  {
    fault: 'success that is none',
    change: { states: withState(FIRST.key, 'undone') },
    says: 'not so in the store (1)',
  },
  {
    fault: 'failure that is none',
    change: {
      report: withRow(SECOND.spelled, { taskStatus: 'failed', httpStatus: '503', message: 'SlowDown' }),
      ...ended({ succeeded: 4, failed: 3 }),
      polls: [],
    },
    says: 'reported as failed, and done (1)',
  },
  {
    fault: 'a refusal that no store has made',
    change: {
      states: withState(THIRD.key, 'undone'),
      report: withRow(THIRD.spelled, { taskStatus: 'failed', httpStatus: '404', message: 'NoSuchKey' }),
      ...ended({ succeeded: 4, failed: 3 }),
      polls: [],
    },
    says: 'failed, though the object was there (1)',
  },
  {
    fault: 'success without an object',
    change: {
      report: REPORT.map((row) => (row.httpStatus === '404' ? { ...row, taskStatus: 'succeeded' } : row)),
      ...ended({ succeeded: 7, failed: 0 }),
      polls: [],
    },
    says: 'though there was no object (2)',
  },
  {
    fault: 'a lost object',
    change: { states: withState(FIRST.key, 'broken') },
    says: `lost or damaged (1): ${FIRST.key}`,
  },
  {
    fault: 'a change after the end',
    change: { writes: [{ at: 600, method: 'PUT', objects: [`${FOLDER}a`] }] },
    says: /after it was shown as Complete, its objects were changed .* after 100 ms/,
  },
  {
    fault: 'a change while Paused',
    change: { writes: [{ at: 320, method: 'DELETE', objects: [`${FOLDER}a`] }] },
    says: /while it was Paused, its objects were changed .*DELETE/,
  },
  {
    fault: 'a priority that was accepted and forgotten',
    change: { commands: [...GOOD.commands, sent({ do: 'priority', job: 'j1', priority: 30 }, 360)] },
    says: 'priority 10, said was 30',
  },
  {
    fault: 'tags that came back',
    change: {
      commands: [sent({ do: 'tags', job: 'j1', value: 'a' }, 10), sent({ do: 'tags', job: 'j1', value: 'b' }, 20)],
      ...ended({ tags: [{ Key: 'value', Value: 'a' }] }),
    },
    says: 'tags value=a, said was value=b',
  },
];

describe('what is planted is found', () => {
  test.each(PLANTED.map((planted) => [planted.fault, planted] as const))('%s', (_, { change, says }) => {
    const found = ofJob(change);
    expect(found.filter((text) => (typeof says === 'string' ? text.includes(says) : says.test(text)))).toHaveLength(1);
  });

  test('each check sees one at least', () => {
    const blind = JOB_CHECKS.filter((check) =>
      PLANTED.every(({ change }) => check({ ...GOOD, ...change }).length === 0),
    );
    expect(blind).toEqual([]);
  });

  test.each<[string, Partial<SeedEvidence>, string]>([
    [
      'a bystander is gone',
      { bystanders: { before: ['a', 'b'], after: ['a'] } },
      'objects of nobody are gone or changed (1): b',
    ],
    [
      'a new bucket',
      { bystanders: { before: ['a'], after: ['a', 'bucket x'] } },
      'objects of nobody have come (1): bucket x',
    ],
    ['a stranger', { strangers: ['k'] }, 'keys that no job should have made (1): k'],
    ['an upload', { uploadsLeft: ['u'] }, 'multipart uploads are left (1): u'],
    ['a second job of the same token', { listedJobs: ['id-1', 'id-2'] }, 'jobs that nobody has created (1): id-2'],
    ['a job that is not listed', { listedJobs: [] }, 'jobs that are not listed (1): id-1'],
    ['a defect', { defects: ['worker-1 ended by itself'] }, 'worker-1 ended by itself'],
    ['an idle minute', { idle: ['j1 is Active'] }, 'nothing happens: j1 is Active'],
  ])('of the whole seed: %s', (_, change, says) => {
    expect(findings({ ...GOOD_SEED, ...change })).toEqual([says]);
  });

  test('of a delete, a row without an object succeeds', () => {
    const kind: JobKind = 'delete';
    const report = REPORT.map((row) => (row.httpStatus === '404' ? { ...row, taskStatus: 'succeeded' } : row));
    const found = ofJob({ plan: { ...PLAN, kind }, report, ...ended({ succeeded: 7, failed: 0 }), polls: [] });
    expect(found.filter((text) => text.includes('no object'))).toEqual([]);
  });
});

describe('what is not certain is not held against a job', () => {
  test('a priority without an answer may stand or not', () => {
    const commands = [sent({ do: 'priority', job: 'j1', priority: 30 }, 360, 'unclear')];
    expect(ofJob({ commands })).toEqual([]);
    expect(ofJob({ commands, ...ended({ priority: 30 }) })).toEqual([]);
  });

  test('a pause that a resume without an answer may have ended', () => {
    const commands = [sent({ do: 'pause', job: 'j1' }, 250), sent({ do: 'resume', job: 'j1' }, 280, 'unclear')];
    expect(ofJob({ commands, writes: [{ at: 320, method: 'PUT', objects: [`${FOLDER}a`] }] })).toEqual([]);
  });
});
