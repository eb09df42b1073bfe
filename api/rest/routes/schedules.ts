import { z } from 'zod';
import { LIMITS } from '../../../contracts/limits';
import { OVERLAP_POLICIES, type ScheduleSpec } from '../../../contracts/schedule';
import { checkSelectOf } from '../../../manifests';
import type { NewSchedule, ScheduleService } from '../../jobs/schedule-service';
import { withoutUndefined } from '../../requests/check-schema';
import { jobId } from '../../requests/job-id';
import { jobStatus, jobTemplateBody } from '../../requests/schemas';
import { type RequestRules, validateJobTemplate } from '../../requests/validate-request';
import { defineRoute, type Route } from '../route';

export interface ScheduleRouteDeps {
  readonly schedules: ScheduleService;
  readonly rules: RequestRules;
}

const scheduleId = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must be 1 to 64 letters, digits, - . or _')
  .describe('Name of the schedule within the account');
const note = z.string().min(1).max(LIMITS.job.describeReasonCharsMax);
const time = z.iso.datetime({ offset: true, error: 'must be a time as 2026-12-31T23:59:59Z' });
const seconds = z.int().min(1).max(LIMITS.schedule.secondsMax);
const cron = z.string().min(1).max(256);

const spec = z
  .strictObject({
    Cron: z
      .union([cron, z.array(cron).min(1).max(LIMITS.schedule.cronsMax)])
      .optional()
      .describe('One or more expressions, as `0 2 * * *`; 7 fields have seconds first and the year last'),
    TimeZone: z.string().min(1).max(64).optional().describe('IANA name, for Cron. Default: UTC'),
    EverySeconds: seconds.optional().describe('Interval instead of Cron: runs are due at multiples of it since 1970'),
    StartAt: time.optional().describe('No run before this time'),
    EndAt: time.optional().describe('No run after this time'),
    JitterSeconds: seconds.optional().describe('Maximum random delay of each run'),
    CatchUpWindowSeconds: seconds
      .min(10)
      .optional()
      .describe('Maximum age of runs missed while Temporal was down that are made up for. Default: a day'),
  })
  .superRefine((given, context) => {
    const problem = (member: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [member], message });
    if (given.Cron === undefined && given.EverySeconds === undefined) problem('Cron', 'is required, or EverySeconds');
    if (given.Cron !== undefined && given.EverySeconds !== undefined) problem('EverySeconds', 'excludes Cron');
    if (given.TimeZone !== undefined && given.Cron === undefined) problem('TimeZone', 'goes with Cron only');
    if (
      given.StartAt !== undefined &&
      given.EndAt !== undefined &&
      Date.parse(given.StartAt) > Date.parse(given.EndAt)
    ) {
      problem('EndAt', 'is before StartAt');
    }
  })
  .meta({
    id: 'ScheduleSpec',
    description: 'When runs are due',
    oneOf: [{ required: ['Cron'] }, { required: ['EverySeconds'] }],
    dependentRequired: { TimeZone: ['Cron'] },
  });

const overlap = z.enum(OVERLAP_POLICIES).meta({
  id: 'OverlapPolicy',
  description: 'What a run does that is due before the former run has ended',
});

const newSchedule = z
  .strictObject({
    scheduleId: scheduleId.optional().describe('Default: a new UUID'),
    spec,
    template: jobTemplateBody,
    overlap: overlap.optional().describe('Default: Skip'),
    note: note.optional(),
    paused: z.boolean().optional().describe('Default: false'),
  })
  .meta({ id: 'CreateScheduleRequest' });

/** What is shown: Cron is always a list. */
const view = {
  scheduleId: z.string(),
  operation: z.string(),
  manifest: z.string().optional().describe('ARN, placeholders as they are. Absent: the template has another source'),
  source: z.string().optional().describe('In words, when it is no manifest'),
  description: z.string().optional(),
  spec,
  overlap,
  paused: z.boolean(),
  note: z.string().optional(),
  createdAt: z.string(),
  nextRunTimes: z.array(z.string()).describe('Empty while paused, and after the last run'),
  lastRunAt: z.string().optional(),
};
const scheduleView = z.object(view).meta({ id: 'Schedule' });

const scheduleRun = z
  .object({
    scheduledAt: z.string().optional().describe('When it was due'),
    startedAt: z.string(),
    endedAt: z.string().optional(),
    jobId: jobId.optional().describe('Absent until the manifest has been found'),
    status: jobStatus,
    failure: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'ScheduleRun' });

const scheduleDetails = z
  .object({
    ...view,
    template: jobTemplateBody,
    runs: z.array(scheduleRun).describe('Newest first, 10 at most'),
    runsTaken: z.int(),
    runsSkipped: z.int().describe('Skipped because the former run had not ended'),
    runsMissed: z.int().describe('Due while Temporal was down, and older than the catch-up window afterwards'),
  })
  .meta({ id: 'ScheduleDetails' });

const path = z.object({ scheduleId });
const noteBody = z.strictObject({ note: note.optional().describe('Reason, shown with the schedule') });

/** The calls below `/api/schedules`. */
export function scheduleRoutes({ schedules, rules }: ScheduleRouteDeps): Route[] {
  return [...collectionRoutes(schedules, rules), ...itemRoutes(schedules), ...changeRoutes(schedules)];
}

function collectionRoutes(schedules: ScheduleService, rules: RequestRules): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/schedules',
      operationId: 'createSchedule',
      tag: 'schedules',
      summary: 'Create a schedule: a job is made of its template whenever it is due',
      description:
        'In Report.Prefix, Manifest.Location.ObjectArn, and the prefixes, ARNs and key patterns of Source, {yyyy} {mm} {dd} {HH} stand for the time (UTC) that a run was due. Without an ETag, each run takes the manifest as it is then.',
      schemas: { body: newSchedule, answer: scheduleView },
      status: 201,
      errors: [
        'ScheduleAlreadyExists',
        'OperationNotSupported',
        'RoleNotConfigured',
        'AccessDenied',
        'BucketNotAllowed',
        'StoreNotConfigured',
        'FunctionNotAllowed',
        'UrlNotAllowed',
        'VaultNotAllowed',
        'NotificationNotAllowed',
      ],
      handle: async ({ account, body }) => {
        const planned = validateJobTemplate(body.template, account, rules);
        await checkSelectOf(planned.template);
        const given = withoutUndefined({ ...body, ...planned, spec: specOf(body.spec) }) as NewSchedule;
        const created = await schedules.create(account, given);
        return { headers: { Location: `/api/schedules/${created.scheduleId}` }, body: created };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/schedules',
      operationId: 'listSchedules',
      tag: 'schedules',
      summary: 'List schedules, newest first',
      schemas: {
        query: z.strictObject({
          maxResults: z.coerce.number().int().min(1).max(LIMITS.schedule.listMax).default(LIMITS.schedule.listMax),
          nextToken: z.string().min(1).max(1_024).optional(),
        }),
        answer: z.object({ schedules: z.array(scheduleView), nextToken: z.string().optional() }),
      },
      status: 200,
      errors: ['InvalidNextTokenException'],
      handle: async ({ account, query }) => ({ body: await schedules.list({ account, ...query }) }),
    }),
  ];
}

function itemRoutes(schedules: ScheduleService): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/schedules/{scheduleId}',
      operationId: 'describeSchedule',
      tag: 'schedules',
      summary: 'Show one schedule with its template and its last runs',
      schemas: { path, answer: scheduleDetails },
      status: 200,
      errors: ['NoSuchSchedule'],
      handle: async (input) => ({ body: await schedules.describe(input.account, input.path.scheduleId) }),
    }),
    defineRoute({
      method: 'delete',
      path: '/schedules/{scheduleId}',
      operationId: 'deleteSchedule',
      tag: 'schedules',
      summary: 'Delete a schedule; a running job continues',
      schemas: { path },
      status: 204,
      errors: ['NoSuchSchedule'],
      handle: async (input) => {
        await schedules.delete(input.account, input.path.scheduleId);
        return {};
      },
    }),
    defineRoute({
      method: 'post',
      path: '/schedules/{scheduleId}/run',
      operationId: 'runSchedule',
      tag: 'schedules',
      summary: 'Start a run now, under the overlap policy of the schedule',
      description:
        'Also of a paused schedule. No run in the answer: it waits for one that is going. Where the policy is Skip and a run is going, the call is refused.',
      schemas: { path, answer: z.object({ run: scheduleRun.optional() }) },
      status: 200,
      errors: ['NoSuchSchedule', 'JobStatusException'],
      handle: async (input) => ({ body: await schedules.runNow(input.account, input.path.scheduleId) }),
    }),
  ];
}

function changeRoutes(schedules: ScheduleService): Route[] {
  const changes = [
    ['pause', 'pauseSchedule', 'Start no more runs until the schedule is resumed; a job that is running goes on'],
    ['resume', 'resumeSchedule', 'Start runs again when they are due; those that were due meanwhile are left out'],
  ] as const;
  return changes.map(([change, operationId, summary]) =>
    defineRoute({
      method: 'post',
      path: `/schedules/{scheduleId}/${change}`,
      operationId,
      tag: 'schedules',
      summary,
      schemas: { path, body: noteBody, answer: scheduleView },
      status: 200,
      errors: ['NoSuchSchedule'],
      handle: async (input) => ({
        body: await schedules[change](input.account, input.path.scheduleId, input.body.note),
      }),
    }),
  );
}

function specOf({ Cron, ...rest }: z.output<typeof spec>): ScheduleSpec {
  return withoutUndefined({ ...rest, Cron: Cron === undefined ? undefined : [Cron].flat() }) as ScheduleSpec;
}
