import { type Client, isGrpcServiceError } from '@temporalio/client';
import { valueOf } from './payload-codec';

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

/**
 * The first argument that the present run of a workflow was started with, from its history: who may write the workspace can't
 * change it. Undefined when there is no such workflow, or it is of another type. Rejects with Temporal's error.
 */
export async function workflowInput(client: Client, workflowId: string, workflowType: string): Promise<unknown> {
  const {
    workflowService,
    options: { namespace },
  } = client;
  try {
    // Events come in the batches that they were written in: the first is the start.
    const { history } = await workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId },
      maximumPageSize: 1,
    });
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    const payload = started?.input?.payloads?.[0];
    if (started?.workflowType?.name !== workflowType || !payload) return undefined;
    return await valueOf(client, payload);
  } catch (error) {
    const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
    if (code === NOT_FOUND) return undefined;
    throw error;
  }
}
