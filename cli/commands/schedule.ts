import { type Command, Option } from 'commander';
import { OVERLAP_POLICIES } from '../../contracts/schedule';
import { action, type Invocation, UsageError } from '../context';
import type { CreateOptions } from '../options/create-request';
import { EXIT } from '../exit-codes';
import { addRequestOptions } from '../options/request-options';
import { buildSchedule, type TimingOptions } from '../options/schedule-request';
import { scheduleDetailsText, scheduleLine, scheduleTable } from '../schedule-text';
import { WATCH_INTERVAL_MS, watchJob } from '../watch-job';

/** `drover schedule …` */
export function addScheduleCommand(program: Command, invocation: Invocation): void {
  const schedule = program
    .command('schedule')
    .description('Run a job again and again: create, list, describe, pause, resume, run, delete')
    .helpCommand(false);
  addCreate(schedule, invocation);
  addList(schedule, invocation);
  addDescribe(schedule, invocation);
  addChange(schedule, invocation, 'pause', 'Start no more runs; a job that is running goes on');
  addChange(schedule, invocation, 'resume', 'Start runs again when they are due; those left out stay out');
  addRun(schedule, invocation);
  addDelete(schedule, invocation);
}

function addCreate(schedule: Command, invocation: Invocation): void {
  addRequestOptions(
    schedule
      .command('create')
      .description(
        'Create a schedule of a job. {yyyy} {mm} {dd} {HH} in --manifest and --report: when a run was due, in UTC',
      )
      .argument('[schedule-id]', 'its name (default: a new UUID)'),
    'the job without a ClientRequestToken,',
  )
    .addOption(
      new Option('--cron <expression>', "when it runs, as '0 2 * * *'; repeat it for more").argParser(
        (one: string, before: readonly string[] | undefined) => [...(before ?? []), one],
      ),
    )
    .option('--time-zone <name>', 'of --cron, as Europe/Berlin (default: UTC)')
    .option('--every <span>', 'instead of --cron: 90s, 15m, 6h or 1d')
    .addOption(
      new Option('--overlap <policy>', 'when the former run is still going (default: Skip)').choices([
        ...OVERLAP_POLICIES,
      ]),
    )
    .option('--start-at <time>', 'nothing is due before, as 2026-12-31T23:59:59Z')
    .option('--end-at <time>', 'nothing is due after')
    .option('--jitter <span>', 'each run begins up to so much later, by chance')
    .option('--catch-up <span>', 'runs missed while Temporal was down are made up for unless older (default: 1d)')
    .option('--paused', 'start nothing until it is resumed')
    .option('--note <text>', 'shown with the schedule')
    .action(
      action<CreateOptions & TimingOptions>(invocation, async ({ api, output, stdin }, [scheduleId], options) => {
        const created = await api.createSchedule(await buildSchedule(scheduleId, options, stdin));
        output.result(created, () => scheduleLine(created));
        return EXIT.ok;
      }),
    );
}

function addList(schedule: Command, invocation: Invocation): void {
  schedule
    .command('list')
    .description('List schedules, the newest first')
    .option('--max <count>', 'at most this many', '50')
    .option('--next-token <token>', 'go on where a former list ended')
    .action(
      action<{ max: string; nextToken?: string }>(invocation, async ({ api, output }, _operands, options) => {
        const { max, nextToken } = options;
        if (!/^[1-9]\d{0,2}$/.test(max) || Number(max) > 100) throw new UsageError('--max must be from 1 to 100');
        const query = new URLSearchParams({ maxResults: max });
        if (nextToken !== undefined) query.set('nextToken', nextToken);
        const page = await api.listSchedules(query);
        output.result(page, () => scheduleTable(page.schedules));
        if (page.nextToken !== undefined) output.note(`There are more: --next-token ${page.nextToken}`);
        return EXIT.ok;
      }),
    );
}

function addDescribe(schedule: Command, invocation: Invocation): void {
  schedule
    .command('describe')
    .description('Show one schedule, its next runs, and its last ones with their jobs')
    .argument('<schedule-id>')
    .action(
      action(invocation, async ({ api, output }, [scheduleId = '']) => {
        const details = await api.describeSchedule(scheduleId);
        output.result(details, () => scheduleDetailsText(details));
        return EXIT.ok;
      }),
    );
}

function addChange(schedule: Command, invocation: Invocation, change: 'pause' | 'resume', description: string): void {
  schedule
    .command(change)
    .description(description)
    .argument('<schedule-id>')
    .option('--note <text>', 'why; shown with the schedule')
    .action(
      action<{ note?: string }>(invocation, async ({ api, output }, [scheduleId = ''], { note }) => {
        const changed = await api.changeSchedule(scheduleId, change, note);
        output.result(changed, () => scheduleLine(changed));
        return EXIT.ok;
      }),
    );
}

function addRun(schedule: Command, invocation: Invocation): void {
  schedule
    .command('run')
    .description('Start a run now and print the id of its job')
    .argument('<schedule-id>')
    .option('--wait', 'follow the job to its end; exit code 0 only when every task succeeded')
    .action(
      action<{ wait?: boolean }>(invocation, async (context, [scheduleId = ''], { wait }) => {
        const { api, output } = context;
        const answer = await api.runSchedule(scheduleId);
        const { jobId, failure } = answer.run ?? {};
        if (wait === true && jobId !== undefined) {
          output.note(`job ${jobId}`);
          return watchJob(context, jobId, WATCH_INTERVAL_MS);
        }
        if (output.json || jobId !== undefined) output.result(answer, () => jobId ?? '');
        if (failure !== undefined) output.note(`The run has failed: ${failure.code}: ${failure.message}`);
        else if (jobId === undefined) output.note(laterNote(scheduleId, answer.run !== undefined));
        // Nobody is told that a job succeeded which is not there yet.
        return failure !== undefined || wait === true ? EXIT.failed : EXIT.ok;
      }),
    );
}

function laterNote(scheduleId: string, begun: boolean): string {
  const why = begun ? 'The run has begun, its job not yet' : 'The run waits until the present one has ended';
  return `${why}: see drover schedule describe ${scheduleId}`;
}

function addDelete(schedule: Command, invocation: Invocation): void {
  schedule
    .command('delete')
    .description('Delete a schedule; a job of it that is running goes on')
    .argument('<schedule-id>')
    .action(
      action(invocation, async ({ api, output }, [scheduleId = '']) => {
        await api.deleteSchedule(scheduleId);
        output.result({ scheduleId }, () => `${scheduleId} is deleted`);
        return EXIT.ok;
      }),
    );
}
