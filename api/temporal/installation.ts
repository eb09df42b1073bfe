import type { Client } from '@temporalio/client';
import { defined } from '../../contracts/defined';
import { isTerminal } from '../../contracts/engine/lifecycle';
import {
  batchSlotsOfIdentity,
  eventsQueue,
  jobsQueue,
  objectsQueue,
  SEARCH_ATTRIBUTES,
  WORKFLOW_TYPES,
} from '../../contracts/engine/naming';
import { JOB_STATUSES, type JobStatus } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { Backlog, InstallationFigures } from '../../metrics/installation-families';
import type { Fleet } from '../jobs/system';
import { durationMs, timestampToIso } from './values';

/** temporal.api.enums.v1.TaskQueueType. */
const WORKFLOW_QUEUE = 1;
const ACTIVITY_QUEUE = 2;

interface QueueState {
  readonly backlog: Backlog;
  readonly identities: readonly string[];
  /** When each last asked for work. */
  readonly seenAt: ReadonlyMap<string, string>;
}

/** Jobs by status, and the queues of one installation, as Temporal's lists have them: some moments late. */
export class TemporalInstallation {
  constructor(
    private readonly client: Client,
    private readonly queue: string,
  ) {}

  /** Rejects when Temporal does not answer in time. */
  read(): Promise<InstallationFigures> {
    const deadline = Date.now() + LIMITS.metrics.surveyTimeoutMs;
    return this.client.connection.withDeadline(deadline, async () => {
      const jobs = await this.jobs();
      const workflows = await this.describe(jobsQueue(this.queue), WORKFLOW_QUEUE);
      const activities = await this.describe(jobsQueue(this.queue), ACTIVITY_QUEUE);
      const objects = await this.describe(objectsQueue(this.queue), ACTIVITY_QUEUE);
      const events = await this.describe(eventsQueue(this.queue), ACTIVITY_QUEUE);
      const backlogs = new Map([
        ['workflows', workflows.backlog],
        ['activities', activities.backlog],
        ['batches', objects.backlog],
        ['events', events.backlog],
      ]);
      const batchSlots = objects.identities.reduce((sum, identity) => sum + batchSlotsOfIdentity(identity), 0);
      return { jobs, backlogs, batchSlots };
    });
  }

  /** Workers and queues, for people who look. Rejects when Temporal does not answer in time. */
  fleet(): Promise<Fleet> {
    const deadline = Date.now() + LIMITS.metrics.surveyTimeoutMs;
    return this.client.connection.withDeadline(deadline, async () => {
      const [workflows, activities, objects, events] = await Promise.all([
        this.describe(jobsQueue(this.queue), WORKFLOW_QUEUE),
        this.describe(jobsQueue(this.queue), ACTIVITY_QUEUE),
        this.describe(objectsQueue(this.queue), ACTIVITY_QUEUE),
        this.describe(eventsQueue(this.queue), ACTIVITY_QUEUE),
      ]);
      const workers = objects.identities.map((identity) => ({
        identity,
        batchSlots: batchSlotsOfIdentity(identity),
        ...defined({ seenAt: objects.seenAt.get(identity) }),
      }));
      const queues = Object.entries({ workflows, activities, batches: objects, events });
      return { workers, queues: queues.map(([name, { backlog }]) => ({ name, waiting: backlog.tasks })) };
    });
  }

  /** One after the other: Temporal allows few such questions a second, and nobody waits. */
  private async jobs(): Promise<ReadonlyMap<JobStatus, number>> {
    const counts = new Map<JobStatus, number>();
    for (const status of JOB_STATUSES) {
      const ended = isTerminal(status) ? '' : ` AND ExecutionStatus = 'Running'`;
      counts.set(status, await this.count(`${SEARCH_ATTRIBUTES.status} = '${status}'${ended}`));
    }
    // Ended in Temporal, past Drover: the attribute still has the last status, and the APIs show the job as Failed.
    const alive = JOB_STATUSES.filter((status) => !isTerminal(status)).map((status) => `'${status}'`);
    const ended = await this.count(
      `ExecutionStatus != 'Running' AND ${SEARCH_ATTRIBUTES.status} IN (${alive.join(', ')})`,
    );
    return counts.set('Failed', (counts.get('Failed') ?? 0) + ended);
  }

  private async count(condition: string): Promise<number> {
    const { namespace } = this.client.options;
    // Names of queues are the operator's own; a quote in one would end the string.
    const queue = jobsQueue(this.queue).replaceAll("'", "''");
    const query = `WorkflowType = '${WORKFLOW_TYPES.job}' AND TaskQueue = '${queue}' AND ${condition}`;
    return Number((await this.client.workflowService.countWorkflowExecutions({ namespace, query })).count);
  }

  private async describe(name: string, type: number): Promise<QueueState> {
    const { pollers, stats } = await this.client.workflowService.describeTaskQueue({
      namespace: this.client.options.namespace,
      taskQueue: { name },
      // The enumeration itself is in no package of ours.
      // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment
      taskQueueType: type,
      reportStats: true,
    });
    return {
      backlog: {
        tasks: Number(stats?.approximateBacklogCount ?? 0),
        oldestMs: durationMs(stats?.approximateBacklogAge),
      },
      identities: [...new Set(pollers.map(({ identity }) => identity ?? ''))],
      seenAt: new Map(
        pollers.flatMap(({ identity, lastAccessTime }) =>
          lastAccessTime ? [[identity ?? '', timestampToIso(lastAccessTime)] as const] : [],
        ),
      ),
    };
  }
}
