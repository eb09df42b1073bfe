import type { Command } from 'commander';
import type { Job } from '../api-client';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { failureLines, firstFailedRow } from '../failure-text';
import { limitsText } from '../options/limit-options';
import { count, duration, table } from '../output';
import { refusedRowsText, skippedText, statusText } from '../status-text';
import { tagsText } from '../options/tag-options';

/** `drover describe <job-id>` */
export function addDescribeCommand(program: Command, invocation: Invocation): void {
  program
    .command('describe')
    .description('Show one job')
    .argument('<job-id>')
    .action(
      action(invocation, async ({ api, output }, [jobId = '']) => {
        const job = await api.describeJob(jobId);
        const failedRow = output.json ? undefined : await firstFailedRow(api, job);
        output.result(job, () => describeTable(job, failedRow));
        return EXIT.ok;
      }),
    );
}

function describeTable(job: Job, failedRow: string | undefined): string {
  const { progress } = job;
  const rows: (readonly [string, string | undefined])[] = [
    ['Job', job.jobId],
    ['Description', job.description],
    ['Operation', job.operation],
    ['Status', statusText(job)],
    ['Reason', job.statusUpdateReason],
    ['Waiting for', job.waitingFor],
    ['Priority', String(job.priority)],
    ['Limits', limitsText(job.limits)],
    ['Tags', job.tags === undefined || job.tags.length === 0 ? undefined : tagsText(job.tags)],
    ['Tasks', count(progress.totalTasks)],
    ['Duplicates', job.preparing?.duplicates === undefined ? undefined : count(job.preparing.duplicates)],
    ['Refused rows', refusedRowsText(job)],
    ['Succeeded', count(progress.succeeded)],
    ['Skipped', skippedText(progress)],
    ['Failed', count(progress.failed)],
    ['Pending', progress.pending > 0 ? count(progress.pending) : undefined],
    ['Active for', duration(progress.activeSeconds)],
    ['Created', job.createdAt],
    ['Suspended', job.suspendedAt],
    ['Ended', job.terminatedAt],
    ...failureLines(job),
    ['First failed task', failedRow],
    ['Report', job.reportManifestKey],
    ['Temporal', job.temporalUrl],
  ];
  return table(rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
