import { Client, WorkflowNotFoundError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { JobRegister, KnownJob } from '../activities';
import type { Config } from '../config/config';
import { jobsQueue, jobWorkflowId, TEMPORAL_SCHEDULE_PREFIX, WORKFLOW_TYPES } from '../contracts/engine/naming';
import type { JobInput, JobSnapshot } from '../contracts/job';
import type { ScheduleMemo } from '../contracts/schedule';
import { dataConverterOption } from '../temporal/payload-codec';
import { workflowInput } from '../temporal/workflow-input';

/** What Temporal knows of this installation's jobs and schedules, for the cleaning of the workspace. */
export class TemporalJobRegister implements JobRegister {
  private readonly client: Client;

  constructor(
    connection: NativeConnection,
    private readonly temporal: Config['temporal'],
  ) {
    this.client = new Client({ connection, namespace: temporal.namespace, ...dataConverterOption(temporal) });
  }

  /** The namespace by its id: another one of the same name has other jobs. */
  async installation(): Promise<string> {
    const { namespace, taskQueue } = this.temporal;
    const { namespaceInfo } = await this.client.workflowService.describeNamespace({ namespace });
    return `${namespaceInfo?.id ?? namespace}/${jobsQueue(taskQueue)}`;
  }

  async knownJob(jobId: string): Promise<KnownJob | undefined> {
    try {
      const { closeTime, memo } = await this.client.workflow.getHandle(jobWorkflowId(jobId)).describe();
      if (closeTime === undefined) return { wantsReport: true };
      const snapshot = memo?.['snapshot'] as JobSnapshot | undefined;
      // Most have their report: the request is read for the others alone.
      const wantsReport = snapshot?.reportManifestKey !== undefined || (await this.wantsReport(jobId));
      return { endedAtMs: closeTime.getTime(), wantsReport, ...(snapshot && { snapshot }) };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }

  async manifestsInUse(): Promise<ReadonlySet<string>> {
    const used = new Set<string>();
    const query = `WorkflowType = '${WORKFLOW_TYPES.job}' AND ExecutionStatus = 'Running'`;
    for await (const { workflowId } of this.client.workflow.list({ query })) {
      const input = await this.inputOf(workflowId);
      const { Location } = input?.request.Manifest ?? {};
      if (Location !== undefined) used.add(Location.ObjectArn);
    }
    for await (const { scheduleId, memo } of this.client.schedule.list()) {
      const { manifest } = (memo ?? {}) as Partial<ScheduleMemo>;
      if (scheduleId.startsWith(TEMPORAL_SCHEDULE_PREFIX) && manifest !== undefined) used.add(manifest);
    }
    return used;
  }

  private async wantsReport(jobId: string): Promise<boolean> {
    const input = await this.inputOf(jobWorkflowId(jobId));
    return input?.request.Report.Enabled ?? true;
  }

  private async inputOf(workflowId: string): Promise<JobInput | undefined> {
    return (await workflowInput(this.client, workflowId, WORKFLOW_TYPES.job)) as JobInput | undefined;
  }
}
