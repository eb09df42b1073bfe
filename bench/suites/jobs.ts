import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateJobCommand,
  DescribeJobCommand,
  type JobDescriptor,
  type S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { ApiClient } from '../../cli/api-client';
import { defined } from '../../contracts/defined';
import { isTerminal } from '../../contracts/engine/lifecycle';
import { jobWorkflowId } from '../../contracts/engine/naming';
import type { JobStatus, JsonObject } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { jobsClient } from '../../dev/demo/jobs-client';
import { type BenchStack, BUCKETS } from '../harness';
import type { Manifest } from '../objects';
import { fetchJobHistories, type JobHistories, statusTimes } from './temporal-cost';

export interface CopyJob {
  readonly manifest: Manifest;
  readonly target: string;
  readonly targetPrefix?: string;
  /** 10 by default. */
  readonly priority?: number;
}

export interface FinishedJob {
  readonly jobId: string;
  /** From the call of CreateJob to the end of the workflow. */
  readonly totalSeconds: number;
  /** In the status Active: copying, and nothing else. */
  readonly activeSeconds: number;
  readonly histories: JobHistories;
}

const REPORT = {
  Enabled: true,
  Bucket: `arn:aws:s3:::${BUCKETS.reports}`,
  Prefix: 'bench',
  Format: 'Report_CSV_20180820' as const,
  ReportScope: 'AllTasks' as const,
};

function manifestOf({ bucket, key, etag }: Manifest) {
  return {
    Spec: { Format: 'S3BatchOperations_CSV_20180820' as const, Fields: ['Bucket' as const, 'Key' as const] },
    Location: { ObjectArn: `arn:aws:s3:::${bucket}/${key}`, ETag: etag },
  };
}

/** Drives the S3 Control API with AWS's own client. */
export class JobRunner {
  readonly #client: S3ControlClient;
  readonly #rest: ApiClient;

  constructor(private readonly stack: BenchStack) {
    this.#client = jobsClient(stack);
    this.#rest = new ApiClient({ apiUrl: stack.apiUrl });
  }

  close(): void {
    this.#client.destroy();
  }

  /** Resolves with the job's id. */
  async create(job: CopyJob): Promise<string> {
    const { JobId } = await this.#client.send(
      new CreateJobCommand({
        AccountId: this.account,
        ClientRequestToken: randomUUID(),
        ConfirmationRequired: false,
        Description: `benchmark: ${String(job.manifest.rows)} tasks`,
        Priority: job.priority ?? 10,
        RoleArn: this.stack.config.roles[0]?.arn,
        Operation: {
          S3PutObjectCopy: {
            TargetResource: `arn:aws:s3:::${job.target}`,
            ...defined({ TargetKeyPrefix: job.targetPrefix }),
          },
        },
        Manifest: manifestOf(job.manifest),
        Report: REPORT,
      }),
    );
    if (JobId === undefined) throw new Error('CreateJob answered without a job id');
    return JobId;
  }

  async describe(jobId: string): Promise<JobDescriptor> {
    const { Job } = await this.#client.send(new DescribeJobCommand({ AccountId: this.account, JobId: jobId }));
    if (Job === undefined) throw new Error(`DescribeJob answered without job ${jobId}`);
    return Job;
  }

  /** Runs a job to its end without asking after it meanwhile. Rejects when not every task succeeded. */
  async run(job: CopyJob): Promise<FinishedJob> {
    const start = performance.now();
    return this.finish(await this.create(job), start, job.manifest.rows);
  }

  private async finish(jobId: string, start: number, tasks: number): Promise<FinishedJob> {
    await this.stack.temporal.workflow.getHandle(jobWorkflowId(jobId)).result();
    const totalSeconds = (performance.now() - start) / 1_000;
    await this.assertComplete(jobId, tasks);
    const histories = await fetchJobHistories(this.stack.temporal, jobWorkflowId(jobId));
    return { jobId, totalSeconds, activeSeconds: activeSeconds(histories), histories };
  }

  /** Like `run`, for any operation: over REST, because AWS's client sends its own operations only. */
  async runOperation(operation: JsonObject, manifest: Manifest): Promise<FinishedJob> {
    const start = performance.now();
    const { jobId } = await this.#rest.createJob({
      ClientRequestToken: randomUUID(),
      Operation: operation,
      Manifest: manifestOf(manifest),
      Report: REPORT,
    });
    return this.finish(jobId, start, manifest.rows);
  }

  /** Asks as a person would, every `pollMs`, until the job has ended. `onAnswer` is told how long each answer took. */
  async follow(jobId: string, pollMs: number, onAnswer: (ms: number) => void): Promise<void> {
    for (;;) {
      const start = performance.now();
      const { Status } = await this.describe(jobId);
      onAnswer(performance.now() - start);
      if (isTerminal(Status as JobStatus)) return;
      await delay(pollMs);
    }
  }

  async assertComplete(jobId: string, tasks: number): Promise<void> {
    const { Status, ProgressSummary } = await this.describe(jobId);
    const { NumberOfTasksSucceeded: succeeded, NumberOfTasksFailed: failed } = ProgressSummary ?? {};
    if (Status === 'Complete' && succeeded === tasks && failed === 0) return;
    throw new Error(
      `job ${jobId} ended ${Status ?? ''} with ${String(succeeded)} tasks succeeded and ${String(failed)} failed, of ${String(tasks)}`,
    );
  }

  private get account(): string | undefined {
    return this.stack.config.accounts[0]?.id;
  }
}

/** Ids of the jobs that ListJobs finds in any of `statuses`; a page's worth at most. */
export async function jobsIn(api: ApiClient, statuses: readonly JobStatus[]): Promise<string[]> {
  const query = new URLSearchParams({ maxResults: String(LIMITS.api.listJobsMax) });
  for (const status of statuses) query.append('jobStatuses', status);
  return (await api.listJobs(query)).jobs.map(({ jobId }) => jobId);
}

function activeSeconds({ job }: JobHistories): number {
  const times = statusTimes(job);
  const [from, to] = [times.get('Active'), times.get('Completing')];
  if (from === undefined || to === undefined) throw new Error('the history does not tell when the job was Active');
  return (to - from) / 1_000;
}
