import type { ScheduleRun, ScheduleSpec, ScheduleView } from '../../contracts/schedule';
import type { ScheduleDetails } from '../api-client';
import { count, table } from '../output';

/** `0 2 * * * (Europe/Berlin)`, `every 15m`. */
function timingText({ Cron, TimeZone, EverySeconds }: ScheduleSpec): string {
  if (EverySeconds !== undefined) return `every ${spanText(EverySeconds)}`;
  return `${(Cron ?? []).join('; ')}${TimeZone === undefined ? '' : ` (${TimeZone})`}`;
}

/** One line about a created or changed schedule. */
export function scheduleLine({ scheduleId, paused, note, nextRunTimes }: ScheduleView): string {
  const [next] = nextRunTimes;
  const state = paused ? 'is paused' : next === undefined ? 'has no more runs' : `runs next at ${shortTime(next)}`;
  return table([[`${scheduleId} ${state}${note === undefined ? '' : ` (${note})`}`]]);
}

export function scheduleTable(schedules: readonly ScheduleView[]): string {
  if (schedules.length === 0) return 'No schedules.';
  const rows = schedules.map((schedule) => [
    schedule.scheduleId,
    schedule.paused ? 'paused' : 'on',
    timingText(schedule.spec),
    schedule.operation,
    schedule.overlap,
    shortTime(schedule.nextRunTimes[0]),
    shortTime(schedule.lastRunAt),
    schedule.description ?? '',
  ]);
  return table([['SCHEDULE', 'STATE', 'DUE', 'OPERATION', 'OVERLAP', 'NEXT RUN', 'LAST RUN', 'DESCRIPTION'], ...rows]);
}

export function scheduleDetailsText(schedule: ScheduleDetails): string {
  const { spec, template } = schedule;
  const rows: (readonly [string, string | undefined])[] = [
    ['Schedule', schedule.scheduleId],
    ['Description', schedule.description],
    ['State', schedule.paused ? 'paused' : 'on'],
    ['Note', schedule.note],
    ['Due', timingText(spec)],
    ['From', spec.StartAt],
    ['Until', spec.EndAt],
    ['Jitter', spec.JitterSeconds === undefined ? undefined : spanText(spec.JitterSeconds)],
    ['Catches up', spec.CatchUpWindowSeconds === undefined ? undefined : spanText(spec.CatchUpWindowSeconds)],
    ['Overlap', schedule.overlap],
    ['Operation', schedule.operation],
    ['Parameters', JSON.stringify(parametersOf(template['Operation'], schedule.operation))],
    ['Manifest', schedule.manifest],
    ['Source', schedule.source],
    ['Role', typeof template['RoleArn'] === 'string' ? template['RoleArn'] : undefined],
    ['Created', schedule.createdAt],
    ...schedule.nextRunTimes.slice(0, 3).map((time, index) => [index === 0 ? 'Next runs' : '', time] as const),
    [
      'Runs',
      `${count(schedule.runsTaken)} begun, ${count(schedule.runsSkipped)} skipped, ${count(schedule.runsMissed)} missed`,
    ],
  ];
  const head = table(rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  return schedule.runs.length === 0 ? head : `${head}\n\n${runTable(schedule.runs)}`;
}

function runTable(runs: readonly ScheduleRun[]): string {
  const rows = runs.map((run) => [
    shortTime(run.scheduledAt ?? run.startedAt),
    run.status,
    run.jobId ?? '-',
    run.failure === undefined ? '' : `${run.failure.code}: ${run.failure.message}`,
  ]);
  return table([['DUE', 'STATUS', 'JOB ID', 'FAILURE'], ...rows]);
}

function parametersOf(operation: unknown, name: string): unknown {
  return typeof operation === 'object' && operation !== null ? (operation as Record<string, unknown>)[name] : undefined;
}

function shortTime(iso: string | undefined): string {
  return iso === undefined ? '-' : iso.replace(/\.\d+Z$/, 'Z');
}

/** In the largest unit that has no remainder. */
function spanText(seconds: number): string {
  if (seconds % 86_400 === 0) return `${seconds / 86_400}d`;
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
