import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import type { Json } from '../../contracts/job';
import { REPORT_ROWS } from '../../contracts/source';
import { objectOf } from '../../contracts/text/request-text';
import type { Report } from '../api-client';
import { action, type CommandContext, type Invocation } from '../context';
import { EXIT, type ExitCode } from '../exit-codes';
import { choices } from '../options/names';
import { count, table } from '../output';
import { removedOnSignal } from '../removed-on-signal';
import { columnsOf } from '../text/layout';
import { groupRows, groupsText } from '../text/report-groups';
import { csvLine, REPORT_COLUMNS, reportCsv, reportRows, type RowChoice } from '../text/report-rows';
import { UsageError } from '../usage-error';

interface ReportOptions {
  readonly rows?: RowChoice;
  readonly merged?: boolean;
  readonly header?: boolean;
  readonly format?: 'csv' | 'jsonl';
  readonly groupBy?: 'code';
  readonly output?: string;
  readonly json?: boolean;
}

/** `drover report <job-id> [--rows …] [--merged] [--group-by code]` */
export function addReportCommand(program: Command, invocation: Invocation): void {
  program
    .command('report')
    .description('Show the location of the completion report, or print its rows')
    .argument('<job-id>')
    .addOption(
      choices(new Option('--rows <which>', 'print these rows; skipped ones are some of succeeded'), REPORT_ROWS),
    )
    .option('--merged', 'of a retry: print the rows of the first job, each as it ended in the last of its retries')
    .option('--header', 'print the names of the columns first')
    .addOption(
      choices(new Option('--format <format>', 'of the rows: jsonl is an object in each line (default: csv)'), [
        'csv',
        'jsonl',
      ]),
    )
    .addOption(
      choices(new Option('--group-by <what>', 'count the rows by status and error code (default rows: failed)'), [
        'code',
      ]),
    )
    .option('-o, --output <file>', 'write the rows into a file, which appears when they are complete')
    .action(action<ReportOptions>(invocation, (context, [jobId = ''], options) => report(context, jobId, options)));
}

async function report(context: CommandContext, jobId: string, options: ReportOptions): Promise<ExitCode> {
  const { rows, merged = false, groupBy } = options;
  checkOptions(options);
  const { api, output } = context;
  if (groupBy !== undefined) {
    const groups = await groupRows(reportRows(api, jobId, rows ?? 'failed', merged));
    output.result({ jobId, ...groups }, () => groupsText(groups, columnsOf(output.terminal)));
  } else if (rows !== undefined || merged) await printRows(context, jobId, options);
  else {
    const found = await api.report(jobId);
    output.result(found, () => reportTable(found));
  }
  return EXIT.ok;
}

function checkOptions({ rows, merged, header, format, groupBy, output, json }: ReportOptions): void {
  const wantsRows = groupBy === undefined && (rows !== undefined || merged === true);
  const ofRows = { '--header': header, '--format': format, '--output': output };
  for (const [flag, value] of Object.entries(ofRows)) {
    if (value !== undefined && !wantsRows) throw new UsageError(`${flag} requires rows: give --rows or --merged`);
  }
  if (header === true && format === 'jsonl') {
    throw new UsageError('--header is for CSV: each line of jsonl has the names');
  }
  if (json === true && wantsRows) {
    const flag = merged === true ? '--merged' : '--rows';
    throw new UsageError(`${flag} cannot be combined with --json: --format jsonl prints rows as JSON`);
  }
}

async function printRows({ api, output }: CommandContext, jobId: string, options: ReportOptions): Promise<void> {
  const { merged = false, header = false, format = 'csv', output: file } = options;
  const rows = options.rows ?? 'all';
  const body =
    format === 'jsonl' ? jsonLines(reportRows(api, jobId, rows, merged)) : reportCsv(api, jobId, rows, merged);
  const pieces = header ? withHeader(body) : body;
  if (file !== undefined && file !== '-') {
    await writeWhole(pieces, file);
    return;
  }
  const { stdout } = output.terminal;
  for await (const bytes of pieces) {
    if (!stdout.write(bytes)) await once(stdout, 'drain');
  }
}

async function* withHeader(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.from(csvLine(REPORT_COLUMNS));
  yield* body;
}

async function* jsonLines(rows: AsyncIterable<readonly string[]>): AsyncGenerator<Uint8Array> {
  for await (const row of rows) {
    const members = Object.fromEntries(REPORT_COLUMNS.map((name, at) => [name, row[at] ?? '']));
    yield Buffer.from(`${JSON.stringify(members)}\n`);
  }
}

/** A connection that breaks off leaves no file that would look complete. Throws `UsageError` for one that can't be written. */
async function writeWhole(pieces: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  const partial = `${file}.${process.pid}.part`;
  const release = removedOnSignal(partial);
  try {
    await pipeline(pieces, createWriteStream(partial, { flags: 'wx' }));
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    const { syscall, code = '' } = error as NodeJS.ErrnoException;
    if (syscall === 'open' || syscall === 'write' || syscall === 'rename') {
      throw new UsageError(`${file} cannot be written: ${code}`);
    }
    throw error;
  } finally {
    release();
  }
}

function reportTable({ bucket, key, manifest }: Report): string {
  const { Results, NumberOfTasksSkipped } = objectOf(manifest);
  const lines = [`s3://${bucket}/${key}`, ...resultsOf(Results), ...skippedOf(NumberOfTasksSkipped)];
  return table(lines.map((line) => [line]));
}

function resultsOf(results: Json | undefined): string[] {
  if (!Array.isArray(results)) return [];
  return results.flatMap((result) => {
    const { TaskExecutionStatus, Bucket, Key } = objectOf(result);
    const known = typeof TaskExecutionStatus === 'string' && typeof Bucket === 'string' && typeof Key === 'string';
    return known ? [`${TaskExecutionStatus}  s3://${Bucket}/${Key}`] : [];
  });
}

function skippedOf(skipped: Json | undefined): string[] {
  return typeof skipped === 'number' ? [`${count(skipped)} of the succeeded tasks were skipped`] : [];
}
