import { once } from 'node:events';
import { type Command, Option } from 'commander';
import type { Json, JsonObject } from '../../contracts/job';
import type { ApiClient, Report } from '../api-client';
import { action, type Invocation } from '../context';
import { UsageError } from '../usage-error';
import { EXIT } from '../exit-codes';
import { count, table } from '../output';

interface ReportOptions {
  readonly rows?: 'failed' | 'succeeded';
  readonly merged?: boolean;
  readonly json?: boolean;
}

/** `drover report <job-id> [--rows failed|succeeded] [--merged]` */
export function addReportCommand(program: Command, invocation: Invocation): void {
  program
    .command('report')
    .description('Show the location of the completion report, or print its rows as CSV')
    .argument('<job-id>')
    .addOption(new Option('--rows <status>', 'print the rows with this status').choices(['failed', 'succeeded']))
    .option('--merged', 'of a retry: print the rows of the first job, each as it ended in the last of its retries')
    .action(
      action<ReportOptions>(invocation, async ({ api, output }, [jobId = ''], { rows, merged, json }) => {
        if (rows === undefined && merged !== true) {
          const report = await api.report(jobId);
          output.result(report, () => reportTable(report));
          return EXIT.ok;
        }
        if (json === true) {
          throw new UsageError(
            `${merged === true ? '--merged' : '--rows'} prints CSV: it cannot be combined with --json`,
          );
        }
        const { stdout } = output.terminal;
        for await (const bytes of await bytesOf(api, jobId, rows, merged)) {
          if (!stdout.write(bytes)) await once(stdout, 'drain');
        }
        return EXIT.ok;
      }),
    );
}

function bytesOf(
  api: ApiClient,
  jobId: string,
  rows: ReportOptions['rows'],
  merged = false,
): Promise<AsyncIterable<Uint8Array>> {
  return merged || rows === undefined ? api.mergedReport(jobId, rows) : api.reportRows(jobId, rows);
}

function reportTable({ bucket, key, manifest }: Report): string {
  const { Results, NumberOfTasksSkipped } = membersOf(manifest);
  const lines = [`s3://${bucket}/${key}`, ...resultsOf(Results), ...skippedOf(NumberOfTasksSkipped)];
  return table(lines.map((line) => [line]));
}

function membersOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function resultsOf(results: Json | undefined): string[] {
  if (!Array.isArray(results)) return [];
  return results.flatMap((result) => {
    const { TaskExecutionStatus, Bucket, Key } = membersOf(result);
    const known = typeof TaskExecutionStatus === 'string' && typeof Bucket === 'string' && typeof Key === 'string';
    return known ? [`${TaskExecutionStatus}  s3://${Bucket}/${Key}`] : [];
  });
}

function skippedOf(skipped: Json | undefined): string[] {
  return typeof skipped === 'number' ? [`${count(skipped)} of the succeeded tasks were skipped`] : [];
}
