import { Connection } from '@temporalio/client';
import type { TemporalConfig } from '../../config/config';
import { type TemporalConnectionOptions, temporalConnectionOptions } from '../../temporal/connection';

const CONNECT_TIMEOUT_MS = 5_000;

/** True when the server answers and has the namespace, with the search attributes that it was started with. */
export async function hasNamespace(address: string, namespace: string): Promise<boolean> {
  return withConnection({ address, tls: false }, async (connection) => {
    await connection.workflowService.describeNamespace({ namespace });
    return true;
  });
}

/** True when a worker of this process polls the queue for workflow tasks; the SDK's default identity is `<pid>@<host>`. */
export async function polls(pid: number, temporal: TemporalConfig, taskQueue: string): Promise<boolean> {
  return withConnection(temporalConnectionOptions(temporal), async (connection) => {
    // Without a type it answers for workflow tasks.
    const queue = await connection.workflowService.describeTaskQueue({
      namespace: temporal.namespace,
      taskQueue: { name: taskQueue },
    });
    return queue.pollers.some((poller) => poller.identity?.split(/\D/).includes(String(pid)) === true);
  });
}

async function withConnection<T>(
  options: TemporalConnectionOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ ...options, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
