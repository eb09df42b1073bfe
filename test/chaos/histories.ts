/** What jobs have been through, as Temporal has it: no look of the API can miss a state there. */
import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { jobWorkflowId, SEARCH_ATTRIBUTES } from '../../contracts/engine/naming';
import type { JobStatus } from '../../contracts/job';

export class JobHistories {
  private constructor(private readonly client: Client) {}

  static async open(address: string): Promise<JobHistories> {
    return new JobHistories(new Client({ connection: await Connection.connect({ address }) }));
  }

  close(): Promise<void> {
    return this.client.connection.close();
  }

  /** In order of their publication: each is a search attribute first of all. */
  async statusesOf(jobId: string): Promise<JobStatus[]> {
    const { events } = await this.client.workflow.getHandle(jobWorkflowId(jobId)).fetchHistory();
    const statuses: JobStatus[] = ['New'];
    for (const { upsertWorkflowSearchAttributesEventAttributes: upsert } of events ?? []) {
      const payload = upsert?.searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTES.status];
      if (!payload) continue;
      const status = [defaultPayloadConverter.fromPayload<JobStatus | [JobStatus]>(payload)].flat()[0]!;
      if (status !== statuses.at(-1)) statuses.push(status);
    }
    return statuses;
  }

  async terminate(jobId: string): Promise<void> {
    await this.client.workflow.getHandle(jobWorkflowId(jobId)).terminate('left over by a seed');
  }
}
