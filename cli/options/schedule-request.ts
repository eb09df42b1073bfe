import type { ScheduleSpec } from '../../contracts/schedule';
import { UsageError } from '../usage-error';
import { buildRequest, type CreateOptions } from './create-request';
import type { SourceIo } from './objects/spool';

/** Options of `schedule create` beside those of the job. */
export interface TimingOptions {
  readonly cron?: readonly string[];
  readonly timeZone?: string;
  readonly every?: string;
  readonly startAt?: string;
  readonly endAt?: string;
  readonly jitter?: string;
  readonly catchUp?: string;
  readonly overlap?: string;
  readonly note?: string;
  readonly paused?: boolean;
}

/** The body of POST /api/schedules. Throws `UsageError`. */
export async function buildSchedule(
  scheduleId: string | undefined,
  options: CreateOptions & TimingOptions & { readonly json?: boolean },
  io: SourceIo,
): Promise<Record<string, unknown>> {
  const { cron, timeZone, every, startAt, endAt, jitter, catchUp, overlap, note, paused, ...job } = options;
  const spec = specOf({ cron, timeZone, every, startAt, endAt, jitter, catchUp });
  const template = await buildRequest(job, io);
  if (scheduleId !== undefined && !/^[A-Za-z0-9_.-]{1,64}$/.test(scheduleId)) {
    throw new UsageError(`'${scheduleId}' is not a valid schedule name: use 1 to 64 letters, digits, - . or _`);
  }
  return defined({ scheduleId, spec, template, overlap, note, paused });
}

type Timing = { readonly [K in keyof TimingOptions]: TimingOptions[K] | undefined };

function specOf({ cron, timeZone, every, startAt, endAt, jitter, catchUp }: Timing): ScheduleSpec {
  if (cron === undefined && every === undefined) throw new UsageError('--cron or --every is required');
  if (cron !== undefined && every !== undefined) throw new UsageError('--cron and --every cannot be combined');
  if (timeZone !== undefined && cron === undefined) throw new UsageError('--time-zone requires --cron');
  return defined({
    Cron: cron,
    TimeZone: timeZone,
    EverySeconds: secondsOf(every, '--every'),
    StartAt: timeOf(startAt, '--start-at'),
    EndAt: timeOf(endAt, '--end-at'),
    JitterSeconds: secondsOf(jitter, '--jitter'),
    CatchUpWindowSeconds: secondsOf(catchUp, '--catch-up'),
  });
}

const UNIT_SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;

function secondsOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  const [, count, unit = 's'] = /^([1-9]\d{0,8})([smhd])?$/.exec(text) ?? [];
  if (count === undefined) throw new UsageError(`${flag} must be a duration such as 90s, 15m, 6h or 1d, not '${text}'`);
  return Number(count) * UNIT_SECONDS[unit as keyof typeof UNIT_SECONDS];
}

/** A time without a zone would mean another one on the machine of each reader. */
function timeOf(text: string | undefined, flag: string): string | undefined {
  if (text === undefined) return undefined;
  const zoned = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(text);
  if (zoned && !Number.isNaN(Date.parse(text))) return new Date(text).toISOString();
  throw new UsageError(`${flag} must be a time with a zone, such as 2026-12-31T23:59:59Z, not '${text}'`);
}

function defined<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const present = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
