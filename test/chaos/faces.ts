/** Says commands to the API and looks at jobs, by both faces, and makes of every answer what it tells for certain. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeJobCommand,
  PutJobTaggingCommand,
  S3ControlClient,
  UpdateJobPriorityCommand,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { ApiClient, ApiError, type Job } from '../../cli/api-client';
import type { Config } from '../../config/config';
import { defined } from '../../contracts/defined';
import type { JobStatus } from '../../contracts/job';
import type { Poll, SentCommand } from './evidence';
import type { Command, CommandStep } from './script';

const RETRY_AFTER_MS = 300;
/** docs/use/errors.md, "may pass", beside 503. A 500 may pass too, but it is a defect. */
const MAY_PASS: readonly string[] = ['TooManyRequestsException'];

interface Verdict {
  readonly outcome: SentCommand['outcome'];
  readonly detail?: string;
}

export class Faces {
  readonly rest: ApiClient;
  private readonly s3control: S3ControlClient;
  private readonly account: string;
  /** What the API answered that it never should. */
  readonly defects: string[] = [];

  constructor(apiUrl: string, { accounts, region }: Pick<Config, 'accounts' | 'region'>) {
    const account = accounts[0]!;
    const { accessKeyId, secretAccessKey } = account.keys[0]!;
    const credentials = { accessKeyId, secretAccessKey };
    this.account = account.id;
    this.rest = new ApiClient({ apiUrl, credentials });
    const scheme = { name: 'sigv4', signingName: 's3', signingRegion: region, disableDoubleEncoding: true };
    this.s3control = new S3ControlClient({
      region,
      credentials,
      maxAttempts: 1,
      // With an endpoint alone the client puts the account before the address.
      endpointProvider: () => ({
        url: new URL(apiUrl),
        properties: { authSchemes: [{ ...scheme, properties: {} }] },
        headers: {},
      }),
    });
  }

  close(): void {
    this.s3control.destroy();
  }

  /** Asks again, as often as the step says, while it can't be told what became of it. */
  async say(jobId: string, { command, face, retries }: Omit<CommandStep, 'atMs'>): Promise<SentCommand> {
    const sentAt = Date.now();
    for (let left = retries; ; left -= 1) {
      const verdict = await this.once(() =>
        face === 'rest' ? this.sayRest(jobId, command) : this.sayS3Control(jobId, command),
      );
      if (verdict.outcome !== 'unclear' || left <= 0) return { command, sentAt, doneAt: Date.now(), ...verdict };
      await delay(RETRY_AFTER_MS);
    }
  }

  async once(request: () => Promise<unknown>): Promise<Verdict> {
    try {
      await request();
      return { outcome: 'accepted' };
    } catch (error) {
      return this.verdictOf(error);
    }
  }

  /** Undefined when there was no answer that tells. */
  async look(jobId: string, face: Poll['face']): Promise<Poll | undefined> {
    try {
      return face === 'rest' ? pollOf(await this.rest.describeJob(jobId)) : await this.lookS3Control(jobId);
    } catch (error) {
      this.verdictOf(error);
      return undefined;
    }
  }

  private verdictOf(error: unknown): Verdict {
    const { status, code, text } = told(error);
    if (status === undefined || status === 503 || MAY_PASS.includes(code)) return { outcome: 'unclear', detail: text };
    // The one thing that can be wrong with what is said here is the moment.
    if (code !== 'JobStatusException') this.defects.push(`the API answered ${status} ${text}`);
    return { outcome: status >= 500 ? 'unclear' : 'refused', detail: text };
  }

  private async lookS3Control(jobId: string): Promise<Poll> {
    const { Job: job } = await this.s3control.send(new DescribeJobCommand({ AccountId: this.account, JobId: jobId }));
    const summary = job!.ProgressSummary!;
    return {
      at: Date.now(),
      face: 's3control',
      status: job!.Status as JobStatus,
      total: summary.TotalNumberOfTasks!,
      succeeded: summary.NumberOfTasksSucceeded!,
      failed: summary.NumberOfTasksFailed!,
    };
  }

  private sayRest(jobId: string, command: Command): Promise<unknown> {
    switch (command.do) {
      case 'create':
        throw new Error('a job is created by its driver');
      case 'priority':
        return this.rest.setPriority(jobId, command.priority);
      case 'limits':
        return this.rest.setLimits(jobId, command.limits);
      case 'tags':
        return this.rest.putTags(jobId, [{ Key: 'value', Value: command.value }]);
      default:
        return this.rest.change(jobId, command.do);
    }
  }

  private sayS3Control(JobId: string, command: Command): Promise<unknown> {
    const job = { AccountId: this.account, JobId };
    switch (command.do) {
      case 'confirm':
        return this.s3control.send(new UpdateJobStatusCommand({ ...job, RequestedJobStatus: 'Ready' }));
      case 'cancel':
        return this.s3control.send(new UpdateJobStatusCommand({ ...job, RequestedJobStatus: 'Cancelled' }));
      case 'priority':
        return this.s3control.send(new UpdateJobPriorityCommand({ ...job, Priority: command.priority }));
      case 'tags':
        return this.s3control.send(
          new PutJobTaggingCommand({ ...job, Tags: [{ Key: 'value', Value: command.value }] }),
        );
      default:
        throw new Error(`S3 Control has no ${command.do}`);
    }
  }
}

export function pollOf({ status, pausedBy, progress }: Job): Poll {
  return {
    at: Date.now(),
    face: 'rest',
    status,
    ...(pausedBy && { pausedBy }),
    ...defined({ total: progress.totalTasks }),
    succeeded: progress.succeeded,
    failed: progress.failed,
  };
}

interface Told {
  /** The status of the API's own answer; absent when nothing, or something else, has answered. */
  readonly status?: number;
  readonly code: string;
  readonly text: string;
}

function told(error: unknown): Told {
  if (error instanceof ApiError) {
    return { status: error.httpStatus, code: error.code, text: `${error.code}: ${error.message}` };
  }
  const { name: code, message } = error instanceof Error ? error : new Error(String(error));
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  return { ...defined({ status }), code, text: `${code}: ${message}` };
}
