import { once } from 'node:events';
import { type Command, Option } from 'commander';
import type { Json } from '../../contracts/job';
import type { Report } from '../api-client';
import { action, type Invocation, UsageError } from '../context';
import { EXIT } from '../exit-codes';
import { count, table } from '../output';

interface ReportOptions {
  readonly rows?: 'failed' | 'succeeded';
  readonly json?: boolean;
}

/** `drover report <job-id> [--rows failed|succeeded]` */
export function addReportCommand(program: Command, invocation: Invocation): void {
  program
    .command('report')
    .description('Show the location of the completion report, or print its rows as CSV')
    .argument('<job-id>')
    .addOption(new Option('--rows <status>', 'print the rows with this status').choices(['failed', 'succeeded']))
    .action(
      action<ReportOptions>(invocation, async ({ api, output }, [jobId = ''], { rows, json }) => {
        if (rows === undefined) {
          const report = await api.report(jobId);
          output.result(report, () => reportTable(report));
          return EXIT.ok;
        }
        if (json === true) throw new UsageError('--rows prints CSV: it cannot be combined with --json');
        const { stdout } = output.terminal;
        for await (const bytes of await api.reportRows(jobId, rows)) {
          if (!stdout.write(bytes)) await once(stdout, 'drain');
        }
        return EXIT.ok;
      }),
    );
}

function reportTable({ bucket, key, manifest }: Report): string {
  const lines = [`s3://${bucket}/${key}`, ...resultsOf(manifest), ...skippedOf(manifest)];
  return table(lines.map((line) => [line]));
}

function skippedOf(manifest: Json): string[] {
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) return [];
  const { NumberOfTasksSkipped: skipped } = manifest;
  return typeof skipped === 'number' ? [`${count(skipped)} of the succeeded tasks were skipped`] : [];
}

function resultsOf(manifest: Json): string[] {
  if (typeof manifest !== 'object' || manifest === null || Array.isArray(manifest)) return [];
  const { Results } = manifest;
  if (!Array.isArray(Results)) return [];
  return Results.flatMap((result) => {
    if (typeof result !== 'object' || result === null || Array.isArray(result)) return [];
    const { TaskExecutionStatus, Bucket, Key } = result;
    const known = typeof TaskExecutionStatus === 'string' && typeof Bucket === 'string' && typeof Key === 'string';
    return known ? [`${TaskExecutionStatus}  s3://${Bucket}/${Key}`] : [];
  });
}
