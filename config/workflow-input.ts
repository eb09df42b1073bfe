import { type Client, defaultPayloadConverter, isGrpcServiceError } from '@temporalio/client';

/** gRPC's NOT_FOUND. */
const NOT_FOUND: number = 5;

/**
 * The first argument that the present run of a workflow was started with, from its history: who may write the workspace can't
 * change it. Undefined when there is no such workflow, or it is of another type. Rejects with Temporal's error.
 */
export async function workflowInput(
  { workflowService, options: { namespace } }: Client,
  workflowId: string,
  workflowType: string,
): Promise<unknown> {
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
    return defaultPayloadConverter.fromPayload(payload);
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return undefined;
    throw error;
  }
}
