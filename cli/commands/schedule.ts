import { type Command, Option } from 'commander';
import { OVERLAP_POLICIES } from '../../contracts/schedule';
import { action, type Invocation, sourceIo } from '../context';
import { EXIT } from '../exit-codes';
import type { CreateOptions } from '../options/create-request';
import { choices } from '../options/names';
import { addRequestOptions } from '../options/request-options';
import { buildSchedule, type TimingOptions } from '../options/schedule-request';
import { scheduleDetailsText, scheduleLine, scheduleTable } from '../text/schedule-text';
import { UsageError } from '../usage-error';
import { WATCH_INTERVAL_MS, watchJob } from '../watch-job';

/** `drover schedule …` */
export function addScheduleCommand(program: Command, invocation: Invocation): void {
  const schedule = program
    .command('schedule')
    .description('Create and manage schedules, which run a job repeatedly')
    .helpCommand(false);
  addCreate(schedule, invocation);
  addList(schedule, invocation);
  addDescribe(schedule, invocation);
  addChange(schedule, invocation, 'pause', 'Pause a schedule: it starts no runs; a running job continues');
  addChange(schedule, invocation, 'resume', 'Resume a schedule; runs missed while it was paused are not made up for');
  addRun(schedule, invocation);
  addDelete(schedule, invocation);
}

function addCreate(schedule: Command, invocation: Invocation): void {
  addRequestOptions(
    schedule
      .command('create')
      .description(
        'Create a schedule. In --from, --manifest, --inventory and --report, {yyyy} {mm} {dd} {HH} stand for the time (UTC) at which a run is due',
      )
      .argument('[schedule-id]', 'name of the schedule (default: a new UUID)'),
    'the job without a ClientRequestToken,',
  )
    .addOption(
      new Option('--cron <expression>', "cron expression, such as '0 2 * * *'; may be repeated").argParser(
        (one: string, before: readonly string[] | undefined) => [...(before ?? []), one],
      ),
    )
    .option('--time-zone <name>', 'time zone of --cron, such as Europe/Berlin (default: UTC)')
    .option('--every <span>', 'interval instead of --cron: 90s, 15m, 6h or 1d')
    .addOption(
      choices(new Option('--overlap <policy>', 'what a run does if the former run has not ended (default: Skip)'), [
        ...OVERLAP_POLICIES,
      ]),
    )
    .option('--start-at <time>', 'no run before this time, such as 2026-12-31T23:59:59Z')
    .option('--end-at <time>', 'no run after this time')
    .option('--jitter <span>', 'maximum random delay of each run')
    .option(
      '--catch-up <span>',
      'maximum age of runs missed while Temporal was down that are made up for (default: 1d)',
    )
    .option('--paused', 'create the schedule paused')
    .option('--note <text>', 'shown with the schedule')
    .action(
      action<CreateOptions & TimingOptions>(invocation, async (context, [scheduleId], options) => {
        const { api, output } = context;
        const created = await api.createSchedule(await buildSchedule(scheduleId, options, sourceIo(context)));
        output.result(created, () => scheduleLine(created));
        return EXIT.ok;
      }),
    );
}

function addList(schedule: Command, invocation: Invocation): void {
  schedule
    .command('list')
    .description('List schedules, newest first')
    .option('--max <count>', 'maximum number of results', '50')
    .option('--next-token <token>', 'token of the next page, from a former list')
    .action(
      action<{ max: string; nextToken?: string }>(invocation, async ({ api, output }, _operands, options) => {
        const { max, nextToken } = options;
        if (!/^[1-9]\d{0,2}$/.test(max) || Number(max) > 100) throw new UsageError('--max must be from 1 to 100');
        const query = new URLSearchParams({ maxResults: max });
        if (nextToken !== undefined) query.set('nextToken', nextToken);
        const page = await api.listSchedules(query);
        output.result(page, () => scheduleTable(page.schedules));
        if (page.nextToken !== undefined) output.note(`More results: --next-token ${page.nextToken}`);
        return EXIT.ok;
      }),
    );
}

function addDescribe(schedule: Command, invocation: Invocation): void {
  schedule
    .command('describe')
    .description('Show one schedule with its next runs, and its last runs with their jobs')
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
    .option('--note <text>', 'reason, shown with the schedule')
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
    .description('Start a run now, and print the id of its job')
    .argument('<schedule-id>')
    .option('--wait', 'follow the job until it ends; the exit code is 0 only if every task succeeded')
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
        if (failure !== undefined) output.note(`The run failed: ${failure.code}: ${failure.message}`);
        else if (jobId === undefined) output.note(laterNote(scheduleId, answer.run !== undefined));
        // Nobody is told that a job succeeded which is not there yet.
        return failure !== undefined || wait === true ? EXIT.failed : EXIT.ok;
      }),
    );
}

function laterNote(scheduleId: string, begun: boolean): string {
  const why = begun ? 'The run has started, but its job has not' : 'The run waits for the end of the present run';
  return `${why}: see drover schedule describe ${scheduleId}`;
}

function addDelete(schedule: Command, invocation: Invocation): void {
  schedule
    .command('delete')
    .description('Delete a schedule; a running job continues')
    .argument('<schedule-id>')
    .action(
      action(invocation, async ({ api, output }, [scheduleId = '']) => {
        await api.deleteSchedule(scheduleId);
        output.result({ scheduleId }, () => `${scheduleId} deleted`);
        return EXIT.ok;
      }),
    );
}
