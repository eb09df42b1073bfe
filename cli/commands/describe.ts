import type { Command } from 'commander';
import { limitsText } from '../../contracts/text/limits-text';
import { reportText, requestFacts, s3Text } from '../../contracts/text/request-text';
import type { Job } from '../api-client';
import { action, type Invocation } from '../context';
import { EXIT } from '../exit-codes';
import { tagsText } from '../options/tag-options';
import { count, duration } from '../output';
import { failureLines, firstFailedRow, lacksReport } from '../text/failure-text';
import { columnsOf, type Fact, facts } from '../text/layout';
import { readText, refusedRowsText, skippedText, statusText, waitText } from '../text/status-text';

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
        output.result(job, () => describeText(job, failedRow, columnsOf(output.terminal)));
        return EXIT.ok;
      }),
    );
}

function describeText(job: Job, failedRow: string | undefined, columns: number | undefined): string {
  const { progress, request } = job;
  const tags = job.tags ?? [];
  const rows: Fact[] = [
    ['Job', job.jobId],
    ['Description', job.description],
    ['Operation', job.operation],
    ['Status', statusText(job)],
    ['Reason', job.statusUpdateReason],
    ['Waiting for', waitText(job)],
    ...requestFacts(request),
    ['Priority', String(job.priority)],
    ['Limits', limitsText(job.limits)],
    ['Tags', tags.length === 0 ? undefined : tagsText(tags)],
    ['Read', readText(job)],
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
    ['List', job.generatedManifest === undefined ? undefined : s3Text(job.generatedManifest.objectArn)],
    ['Report', reportText(request, job.reportManifestKey)],
    ['', lacksReport(job)],
    ['Temporal', job.temporalUrl],
  ];
  return facts(rows, columns);
}
