/**
 * A small model of what jobs mean: what may have been seen, whatever was killed, frozen, said and misunderstood. Each check names
 * what is wrong, in words; a seed without a word is a good one.
 */
import { isTerminal, leadsTo, TRANSITIONS } from '../../contracts/engine/lifecycle';
import type { ReportRow } from '../support/stack/report';
import type { JobEvidence, Poll, SeedEvidence } from './evidence';
import type { Command } from './script';

type JobCheck = (job: JobEvidence) => string[];

const SHOWN_MAX = 5;

export function findings(evidence: SeedEvidence): string[] {
  const ofJobs = evidence.jobs.flatMap((job) =>
    JOB_CHECKS.flatMap((check) => check(job)).map(
      (text) => `${job.plan.name} (${job.plan.kind}, ${job.jobId}): ${text}`,
    ),
  );
  return [...ofJobs, ...seedFindings(evidence)];
}

// --- the whole seed ----------------------------------------------------------------------------------------------------

function seedFindings({ jobs, listedJobs, bystanders, strangers, uploadsLeft, defects, idle }: SeedEvidence): string[] {
  const before = new Set(bystanders.before);
  const after = new Set(bystanders.after);
  const known = new Set(jobs.map(({ jobId }) => jobId));
  return [
    ...some(
      'objects of nobody are gone or changed',
      bystanders.before.filter((each) => !after.has(each)),
    ),
    ...some(
      'objects of nobody have come',
      bystanders.after.filter((each) => !before.has(each)),
    ),
    ...some('keys that no job should have made', strangers),
    ...some('multipart uploads are left', uploadsLeft),
    ...some(
      'jobs that nobody has created',
      listedJobs.filter((id) => !known.has(id)),
    ),
    ...some(
      'jobs that are not listed',
      [...known].filter((id) => !listedJobs.includes(id)),
    ),
    ...defects,
    ...idle.map((text) => `nothing happens: ${text}`),
  ];
}

// --- states ------------------------------------------------------------------------------------------------------------

/** By the history, transition by transition. */
const transitions: JobCheck = ({ statuses }) =>
  statuses.flatMap((status, index) => {
    const next = statuses[index + 1];
    if (next === undefined || TRANSITIONS[status].includes(next)) return [];
    return [`${status} → ${next} is no transition: ${statuses.join(' → ')}`];
  });

/** What was shown can come one after the other: looks may miss states in between. */
const shownStates: JobCheck = ({ polls }) =>
  pairs(polls).flatMap(([before, after]) =>
    before.status === after.status || leadsTo(before.status, after.status)
      ? []
      : [`shown ${before.status} (${before.face}), then ${after.status} (${after.face}), which can't follow`],
  );

const ending: JobCheck = ({ end, statuses, commands }) => {
  const { status, failureReasons } = end;
  const cancels = commands.filter(({ command }) => command.do === 'cancel');
  const wrong: string[] = [];
  if (!isTerminal(status)) wrong.push(`has not ended: ${status}`);
  if (statuses.at(-1) !== status) wrong.push(`shown as ${status}, by its history ${statuses.at(-1)}`);
  if (status === 'Failed') {
    wrong.push(`Failed, and nothing was done to it that may fail a job: ${failureReasons.join('; ')}`);
  }
  if (status === 'Cancelled' && cancels.every(({ outcome }) => outcome === 'refused')) {
    wrong.push('Cancelled, and nobody had asked for it');
  }
  return wrong;
};

/** A cancel that was accepted ends the job: Complete only when its last tasks were under way. */
const cancelHolds: JobCheck = ({ commands, writes, end }) => {
  const cancel = commands.find(({ command, outcome }) => command.do === 'cancel' && outcome === 'accepted');
  if (!cancel || end.status !== 'Complete') return [];
  const later = writes.filter(({ at }) => at > cancel.doneAt + CANCEL_TAKES_MS);
  return later.length > 0 ? [`goes on ${later.length} requests long after a cancel was accepted`] : [];
};

/** "Within 5 seconds when workers run": with dead and frozen ones, after they have been missed and come again. */
const CANCEL_TAKES_MS = 30_000;

// --- counters ----------------------------------------------------------------------------------------------------------

const countersNeverFall: JobCheck = ({ polls }) =>
  pairs(polls).flatMap(([before, after]) => {
    const fallen = (['succeeded', 'failed'] as const).filter((name) => after[name] < before[name]);
    return fallen.map((name) => `${name} fell from ${shown(before, name)} to ${shown(after, name)}`);
  });

function shown(poll: Poll, name: 'succeeded' | 'failed'): string {
  return `${poll[name]} (${poll.status}, ${poll.face})`;
}

const totalStays: JobCheck = ({ polls, rows }) => {
  // S3 Control shows 0 while the manifest is read.
  const totals = new Set(polls.map(({ total }) => total ?? 0).filter((total) => total !== 0));
  return [...totals]
    .filter((total) => total !== rows.length)
    .map((total) => `${total} tasks shown, of ${rows.length} rows`);
};

const endCounts: JobCheck = ({ end, report = [], polls }) => {
  const wrong: string[] = [];
  for (const status of ['succeeded', 'failed'] as const) {
    const rows = report.filter(({ taskStatus }) => taskStatus === status).length;
    if (rows !== end[status]) wrong.push(`says ${end[status]} ${status}, its report has ${rows} rows of them`);
    const most = Math.max(0, ...polls.map((poll) => poll[status]));
    if (most > end[status]) wrong.push(`${most} ${status} were shown, at the end ${end[status]}`);
  }
  if (end.pending !== 0) wrong.push(`ended with ${end.pending} pending tasks`);
  return wrong;
};

// --- rows and objects --------------------------------------------------------------------------------------------------

const oneRowEach: JobCheck = ({ rows, report = [], end }) => {
  const left = new Map<string, number>();
  for (const { spelled } of rows) left.set(spelled, (left.get(spelled) ?? 0) + 1);
  for (const { key } of report) left.set(key, (left.get(key) ?? 0) - 1);
  const tooMany = [...left].filter(([, count]) => count < 0).map(([key]) => key);
  const missing = [...left].filter(([, count]) => count > 0).map(([key]) => key);
  return [
    ...some('more report rows than manifest rows', tooMany),
    ...(end.status === 'Complete' ? some('no report row', missing) : []),
  ];
};

/** What the docs promise of a row that could not be more certain (docs/use/errors.md, last row of the report's codes). */
const MAY_HAVE_TAKEN_EFFECT = /the request may have taken effect/;

const rowsTellTheTruth: JobCheck = ({ rows, states, report = [] }) => {
  const keyOf = new Map(rows.map(({ spelled, key }) => [spelled, key]));
  const stateOf = (row: ReportRow) => states.get(keyOf.get(row.key) ?? '') ?? 'undone';
  const succeeded = new Set(report.filter(({ taskStatus }) => taskStatus === 'succeeded').map(({ key }) => key));
  const repeated = repeatedIn(rows.map(({ spelled }) => spelled));
  const lies = report.filter((row) => row.taskStatus === 'succeeded' && stateOf(row) !== 'done');
  const doneAllTheSame = report.filter(
    (row) =>
      row.taskStatus === 'failed' &&
      stateOf(row) === 'done' &&
      !MAY_HAVE_TAKEN_EFFECT.test(row.message) &&
      // Another row of the same object may have done it.
      !succeeded.has(row.key) &&
      !repeated.has(row.key),
  );
  return [
    ...some('reported as succeeded, and not so in the store', lies.map(lineOf)),
    ...some('reported as failed, and done', doneAllTheSame.map(lineOf)),
  ];
};

/** What a store that answers can refuse of an object that is there: nothing. Only trouble with the way to it is a reason. */
const noFailureWithoutCause: JobCheck = ({ rows, report = [] }) => {
  const there = new Set(rows.filter(({ isThere }) => isThere).map(({ spelled }) => spelled));
  const odd = report.filter(({ key, taskStatus, httpStatus }) => {
    const status = Number(httpStatus);
    return taskStatus === 'failed' && there.has(key) && status !== 0 && status !== 429 && status < 500;
  });
  return some('failed, though the object was there', odd.map(lineOf));
};

const noSuccessWithoutObject: JobCheck = ({ rows, report = [], plan }) => {
  if (plan.kind === 'delete') return [];
  const absent = new Set(rows.filter(({ isThere }) => !isThere).map(({ spelled }) => spelled));
  const odd = report.filter(({ key, taskStatus }) => taskStatus === 'succeeded' && absent.has(key));
  return some('succeeded, though there was no object', odd.map(lineOf));
};

const nothingBroken: JobCheck = ({ states }) =>
  some(
    'lost or damaged',
    [...states].filter(([, state]) => state === 'broken').map(([key]) => key),
  );

function lineOf({ key, taskStatus, httpStatus, errorCode, message }: ReportRow): string {
  return `${key} ${taskStatus} ${httpStatus} ${errorCode} ${message}`;
}

function repeatedIn(list: readonly string[]): Set<string> {
  return new Set(list.filter((each, index) => list.indexOf(each) !== index));
}

// --- what is quiet stays quiet -----------------------------------------------------------------------------------------

/** Nothing is changed after the end was shown, by whoever was frozen and has come back. */
const quietAfterTheEnd: JobCheck = ({ polls, writes }) => {
  const end = polls.find(({ status }) => isTerminal(status));
  if (!end) return [];
  const late = writes.filter(({ at }) => at > end.at);
  return some(
    `after it was shown as ${end.status}, its objects were changed`,
    late.map(({ at, method, objects }) => `${method} ${objects.join(', ')} after ${at - end.at} ms`),
  );
};

/** From Paused, as asked for by a user, to the first word that may end it. */
const quietWhilePaused: JobCheck = ({ polls, writes, commands }) => {
  const wakes = commands.filter(({ command }) => WAKING.includes(command.do)).map(({ sentAt }) => sentAt);
  return polls.flatMap((poll, index) => {
    if (poll.status !== 'Paused' || poll.pausedBy !== 'user' || polls[index - 1]?.status === 'Paused') return [];
    const asleep = commands.every(
      ({ command, sentAt, doneAt, outcome }) =>
        !WAKING.includes(command.do) || sentAt > poll.at || (doneAt < poll.at && outcome !== 'unclear'),
    );
    if (!asleep) return [];
    const until = Math.min(...wakes.filter((at) => at > poll.at), Infinity);
    const during = writes.filter(({ at }) => at > poll.at && at < until);
    return some(
      'while it was Paused, its objects were changed',
      during.map(({ at, method, objects }) => `${method} ${objects.join(', ')} after ${at - poll.at} ms`),
    );
  });
};

const WAKING: readonly Command['do'][] = ['resume', 'cancel'];

// --- what was said is kept ---------------------------------------------------------------------------------------------

const priorityIsKept: JobCheck = ({ plan, commands, end }) => {
  const said = lastSaid(commands.filter(({ command }) => command.do === 'priority'));
  const possible = said.map(({ command }) => (command.do === 'priority' ? command.priority : 0));
  const candidates = said.some(({ outcome }) => outcome === 'accepted') ? possible : [plan.priority, ...possible];
  return candidates.includes(end.priority) ? [] : [`priority ${end.priority}, said was ${candidates.join(' or ')}`];
};

const tagsAreKept: JobCheck = ({ commands, end }) => {
  const said = lastSaid(commands.filter(({ command }) => command.do === 'tags'));
  const possible = said.map(({ command }) => (command.do === 'tags' ? `value=${command.value}` : ''));
  const candidates = said.some(({ outcome }) => outcome === 'accepted') ? possible : ['', ...possible];
  const has = end.tags.map(({ Key, Value }) => `${Key}=${Value}`).join();
  return candidates.includes(has) ? [] : [`tags ${has}, said was ${candidates.join(' or ')}`];
};

/** What may stand: all that was not certainly followed by something that was accepted. What is unclear may come late. */
function lastSaid(commands: JobEvidence['commands']): JobEvidence['commands'] {
  const heard = commands.filter(({ outcome }) => outcome !== 'refused');
  const accepted = heard.filter(({ outcome }) => outcome === 'accepted');
  return heard.filter((one) => one.outcome === 'unclear' || !accepted.some((other) => other.sentAt > one.doneAt));
}

export const JOB_CHECKS: readonly JobCheck[] = [
  transitions,
  shownStates,
  ending,
  cancelHolds,
  countersNeverFall,
  totalStays,
  endCounts,
  oneRowEach,
  rowsTellTheTruth,
  noFailureWithoutCause,
  noSuccessWithoutObject,
  nothingBroken,
  quietAfterTheEnd,
  quietWhilePaused,
  priorityIsKept,
  tagsAreKept,
];

function pairs<T>(list: readonly T[]): (readonly [T, T])[] {
  return list.slice(1).map((after, index) => [list[index]!, after]);
}

/** One finding for many of a kind. */
function some(what: string, which: readonly string[]): string[] {
  if (which.length === 0) return [];
  const more = which.length > SHOWN_MAX ? ` … and ${which.length - SHOWN_MAX} more` : '';
  return [`${what} (${which.length}): ${which.slice(0, SHOWN_MAX).join('; ')}${more}`];
}
