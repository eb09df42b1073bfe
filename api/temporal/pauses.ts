import type { Client } from '@temporalio/client';
import { MESSAGES } from '../../contracts/engine/messages';
import {
  jobsQueue,
  pauseAllWorkflowId,
  runningJobsQuery,
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
} from '../../contracts/engine/naming';
import type { JobStatus } from '../../contracts/job';
import type { PauseOfAll, PauseOfAllInput, PauseOfAllMemo } from '../../contracts/pause-all';
import { TemporalCalls } from './calls';

/** What the API needs of Temporal to pause all jobs of an account. Rejects with `DroverError` for what an operator can mend. */
export interface PausesGateway {
  /** Undefined when all jobs were never paused, or go on since long. */
  pauseOf(account: string): Promise<PauseOfAll | undefined>;
  /** The pause, or its end, holds from now on: a worker tells the jobs that there are. */
  change(account: string, pause: PauseOfAll): Promise<void>;
  /** Jobs of the account that still send requests to stores, as Temporal's lists have it: some moments late. */
  jobsAtWork(account: string): Promise<number>;
}

/** Reports are written, and uploads aborted, whoever pauses. */
const AT_WORK: readonly JobStatus[] = ['Active', 'Pausing', 'Completing', 'Cancelling', 'Failing'];

/** `PausesGateway` on a Temporal client. `taskQueue` is the configured prefix. */
export class TemporalPauses implements PausesGateway {
  private readonly queue: string;
  private readonly calls: TemporalCalls;

  constructor(
    private readonly client: Client,
    taskQueue: string,
  ) {
    this.queue = jobsQueue(taskQueue);
    this.calls = new TemporalCalls(client);
  }

  async pauseOf(account: string): Promise<PauseOfAll | undefined> {
    const described = await this.calls.describe(pauseAllWorkflowId(this.queue, account));
    if (described?.status.name !== 'RUNNING') return undefined;
    return (described.memo as Partial<PauseOfAllMemo> | undefined)?.pause;
  }

  async change(account: string, pause: PauseOfAll): Promise<void> {
    const input: PauseOfAllInput = { account, ...pause };
    const memo: PauseOfAllMemo = { pause };
    await this.calls.call(() =>
      this.client.workflow.signalWithStart(WORKFLOW_TYPES.pauseAll, {
        workflowId: pauseAllWorkflowId(this.queue, account),
        taskQueue: this.queue,
        args: [input],
        memo: { ...memo },
        signal: MESSAGES.pauseOfAll,
        signalArgs: [pause],
        staticSummary: `pause of all jobs of account ${account}`,
      }),
    );
  }

  async jobsAtWork(account: string): Promise<number> {
    const statuses = AT_WORK.map((status) => `'${status}'`).join(', ');
    const query = `${runningJobsQuery(account)} AND ${SEARCH_ATTRIBUTES.status} IN (${statuses})`;
    const { namespace } = this.client.options;
    const { count } = await this.calls.call(() =>
      this.client.workflowService.countWorkflowExecutions({ namespace, query }),
    );
    return Number(count);
  }
}
