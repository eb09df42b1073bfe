import { type Client, type WorkflowExecutionDescription, WorkflowNotFoundError } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { valuesOf } from '../../temporal/payload-codec';
import { explainTemporalError } from './errors';

/** An API call must not hang on a server that is gone. */
const RPC_TIMEOUT_MS = 5_000;

/** Calls to Temporal. Each has a deadline, and rejects with `DroverError` for what an operator can mend. */
export class TemporalCalls {
  constructor(private readonly client: Client) {}

  async call<Answer>(fn: () => Promise<Answer>, timeoutMs = RPC_TIMEOUT_MS): Promise<Answer> {
    try {
      return await this.client.connection.withDeadline(Date.now() + timeoutMs, fn);
    } catch (error) {
      throw explainTemporalError(error);
    }
  }

  /** Undefined when there is no such workflow. */
  describe(workflowId: string): Promise<WorkflowExecutionDescription | undefined> {
    return this.call(() => this.client.workflow.getHandle(workflowId).describe()).catch(noneIfNotFound);
  }

  /** False when there is no such workflow, or it has ended. */
  async signal(workflowId: string, name: string, ...args: readonly unknown[]): Promise<boolean> {
    const sent = this.call(async () => {
      await this.client.workflow.getHandle(workflowId).signal(name, ...args);
      return true;
    });
    return (await sent.catch(noneIfNotFound)) ?? false;
  }

  /** Values of a memo in a raw answer, which the SDK has not decoded. */
  memoValues(memo: { readonly fields?: Record<string, Payload> | null } | null | undefined): Promise<object> {
    return valuesOf(this.client, memo?.fields ?? {});
  }
}

function noneIfNotFound(error: unknown): undefined {
  if (error instanceof WorkflowNotFoundError) return undefined;
  throw error;
}
