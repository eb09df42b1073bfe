import { Client, WorkflowNotFoundError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Fleet, RunningJob } from '../activities';
import type { Config } from '../config/config';
import { defined } from '../contracts/defined';
import { DroverError } from '../contracts/engine/failures';
import { type DispatchMessage, MESSAGES, type ShareMessage } from '../contracts/engine/messages';
import {
  batchSlotsOfIdentity,
  dispatcherWorkflowId,
  jobIdOfWorkflow,
  jobsQueue,
  jobWorkflowId,
  objectsQueue,
  pauseAllWorkflowId,
  runningJobsQuery,
  WORKFLOW_TYPES,
} from '../contracts/engine/naming';
import type { JobInput, JobSnapshot } from '../contracts/job';
import type { PauseOfAllMemo } from '../contracts/pause-all';
import { dataConverterOption, valueOf } from '../temporal/payload-codec';
import { workflowInput } from '../temporal/workflow-input';
import { Line } from './line';

/** temporal.api.enums.v1.TaskQueueType. */
const ACTIVITY_QUEUE = 2;
/** The SDK takes answers of 128 MB, and a memo may have two. */
const LIST_PAGE_ROWS = 60;

/** What the dispatcher's survey sees, through a worker's own connection. */
export class TemporalFleet implements Fleet {
  private readonly client: Client;
  private readonly queue: string;
  private readonly line = new Line<DispatchMessage>((messages) => this.signalDispatcher(messages));

  constructor(
    connection: NativeConnection,
    private readonly temporal: Config['temporal'],
  ) {
    this.client = new Client({ connection, namespace: temporal.namespace, ...dataConverterOption(temporal) });
    this.queue = temporal.taskQueue;
  }

  /** Workers that polled in the last five minutes: a busy one polls seldom, hence Temporal's own patience. */
  async batchSlots(): Promise<number | undefined> {
    const { pollers } = await this.client.workflowService.describeTaskQueue({
      namespace: this.temporal.namespace,
      taskQueue: { name: objectsQueue(this.queue) },
      // The enumeration itself is in no package of ours.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
      taskQueueType: ACTIVITY_QUEUE,
    });
    const identities = new Set(pollers.map(({ identity }) => identity ?? ''));
    const slots = [...identities].reduce((sum, identity) => sum + batchSlotsOfIdentity(identity), 0);
    return slots > 0 ? slots : undefined;
  }

  async runningJobs(account?: string): Promise<RunningJob[]> {
    const jobs: RunningJob[] = [];
    // Names of queues are the operator's own; a quote in one would end the string.
    const queue = `TaskQueue = '${jobsQueue(this.queue).replaceAll("'", "''")}'`;
    const query = `${runningJobsQuery(account)} AND ${queue}`;
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await this.client.workflowService.listWorkflowExecutions({
        namespace: this.temporal.namespace,
        query,
        pageSize: LIST_PAGE_ROWS,
        ...defined({ nextPageToken }),
      });
      for (const { execution, memo } of page.executions) {
        const payload = memo?.fields?.['snapshot'];
        const snapshot = payload ? ((await valueOf(this.client, payload)) as JobSnapshot | undefined) : undefined;
        const jobId = jobIdOfWorkflow(execution?.workflowId ?? '');
        const { sharing = false, pausedWithAll = false } = snapshot ?? {};
        jobs.push({ jobId, sharing, pausedWithAll });
      }
      nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : undefined;
    } while (nextPageToken !== undefined);
    return jobs;
  }

  /** Jobs of an account that have not ended, as Temporal's lists have it: some moments late. */
  async runningJobsOf(account: string): Promise<number> {
    try {
      const query = { namespace: this.temporal.namespace, query: runningJobsQuery(account) };
      return Number((await this.client.workflowService.countWorkflowExecutions(query)).count);
    } catch (error) {
      throw new DroverError('ServiceUnavailable', 'Temporal does not tell how many jobs there are', { cause: error });
    }
  }

  async jobInput(jobId: string): Promise<JobInput | undefined> {
    try {
      return (await workflowInput(this.client, jobWorkflowId(jobId), WORKFLOW_TYPES.job)) as JobInput | undefined;
    } catch (error) {
      // The activity is tried again: nothing of the job is at fault.
      throw new DroverError('ServiceUnavailable', `Temporal does not tell what job ${jobId} is`, { cause: error });
    }
  }

  async isAllPaused(account: string): Promise<boolean> {
    const workflowId = pauseAllWorkflowId(jobsQueue(this.queue), account);
    try {
      const { status, memo } = await this.client.workflow.getHandle(workflowId).describe();
      return status.name === 'RUNNING' && (memo as Partial<PauseOfAllMemo> | undefined)?.pause?.paused === true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw new DroverError('ServiceUnavailable', 'Temporal does not tell whether all jobs are paused', {
        cause: error,
      });
    }
  }

  async tellPause(jobId: string, paused: boolean, reason: string | undefined): Promise<void> {
    const signal = paused ? MESSAGES.pauseWithAll : MESSAGES.resumeWithAll;
    await this.signalIfRunning(jobId, signal, ...(reason === undefined ? [] : [reason]));
  }

  async isRunning(jobId: string): Promise<boolean> {
    try {
      const description = await this.client.workflow.getHandle(jobWorkflowId(jobId)).describe();
      return description.status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async hadTasks(jobId: string): Promise<boolean> {
    const { memo } = await this.client.workflow.getHandle(jobWorkflowId(jobId)).describe();
    return ((memo?.['snapshot'] as JobSnapshot | undefined)?.totalTasks ?? 0) > 0;
  }

  tellDispatcher(message: DispatchMessage): Promise<void> {
    return this.line.say(message);
  }

  tellShare(jobId: string, message: ShareMessage): Promise<boolean> {
    return this.signalIfRunning(jobId, MESSAGES.share, message);
  }

  /** Shown in the Temporal UI only; `undefined`: it answers again. A job that has ended needs no word. */
  async tellSilence(jobId: string, text: string | undefined): Promise<void> {
    await this.signalIfRunning(jobId, MESSAGES.silentStore, text ?? null);
  }

  /** False when the job has ended. */
  private async signalIfRunning(jobId: string, signal: string, ...args: unknown[]): Promise<boolean> {
    try {
      await this.client.workflow.getHandle(jobWorkflowId(jobId)).signal(signal, ...args);
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  private async signalDispatcher(messages: readonly DispatchMessage[]): Promise<void> {
    const taskQueue = jobsQueue(this.queue);
    await this.client.workflow.signalWithStart(WORKFLOW_TYPES.dispatcher, {
      workflowId: dispatcherWorkflowId(taskQueue),
      taskQueue,
      args: [],
      signal: MESSAGES.dispatch,
      signalArgs: [messages],
      staticSummary: 'shares out the workers among the jobs',
    });
  }
}
