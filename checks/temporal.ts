import { Connection } from '@temporalio/client';
import type { TemporalConfig } from '../config/config';
import { LIMITS } from '../contracts/limits';
import { temporalConnectionOptions } from '../temporal/connection';
import {
  createAttributesCommand,
  inspectNamespace,
  type NamespaceConnection,
  setRetentionCommand,
} from '../temporal/prepare-namespace';
import { check, CheckFailure, type CheckResult, type Finding } from './check';

const CONNECT_TIMEOUT_MS = 5_000;
/** gRPC status codes. */
const [DEADLINE_EXCEEDED, NOT_FOUND, PERMISSION_DENIED, UNAVAILABLE, UNAUTHENTICATED] = [4, 5, 7, 14, 16];
/** What the SDK says when no connection came up in time; it has no code. */
const CONNECT_FAILURE = 'Failed to connect before the deadline';
const DAY_SECONDS = 86_400;

/** The connection, then what the namespace has. Nothing is changed: API and workers register what is missing themselves. */
export async function* checkTemporal(config: TemporalConfig): AsyncGenerator<CheckResult> {
  const { address, namespace, tls } = config;
  // Lazy, so that there is something to close when it can't connect: it would go on trying, and keep the process.
  const options = { ...temporalConnectionOptions(config), connectTimeout: CONNECT_TIMEOUT_MS };
  const connection = Connection.lazy(options);
  try {
    const server = await check(`Temporal at ${address}`, async () => {
      await connection.ensureConnected().catch((error: unknown) => {
        throw explained(error, tls !== undefined);
      });
      return { detail: tls === undefined ? 'answers' : 'answers over TLS' };
    });
    yield server;
    if (server.ok) yield await check(`namespace ${namespace}`, () => inspect(connection, namespace));
  } finally {
    await connection.close();
  }
}

async function inspect(connection: Connection, namespace: string): Promise<Finding> {
  const port = connection as unknown as NamespaceConnection;
  const state = await connection
    .withDeadline(Date.now() + CONNECT_TIMEOUT_MS, () => inspectNamespace(port, namespace))
    .catch((error: unknown) => {
      if (codeOf(error) !== NOT_FOUND) throw explained(error, true);
      throw new CheckFailure(
        `there is no namespace ${namespace}`,
        `Correct temporal.namespace, or run: temporal operator namespace create --namespace ${namespace} --retention 90d`,
      );
    });
  const days = Math.floor(state.retentionSeconds / DAY_SECONDS);
  const found = [
    state.missing.length === 0
      ? 'has the search attributes'
      : `lacks the search attributes ${state.missing.join(', ')}`,
    `keeps ended jobs for ${days < 1 ? `${state.retentionSeconds / 3_600} hours` : `${days} days`}`,
  ].join(', ');
  const commands = [
    ...(state.missing.length === 0 ? [] : [createAttributesCommand(namespace, state.missing)]),
    ...(state.retentionSeconds * 1_000 >= LIMITS.job.retentionMs ? [] : [setRetentionCommand(namespace)]),
  ];
  if (commands.length === 0) return { detail: found };
  const advice = `API and workers set that up when they start. Where they may not, let an administrator run: ${commands.join(' && ')}`;
  return { detail: found, advice };
}

function explained(error: unknown, tls: boolean): unknown {
  const code = codeOf(error);
  const message = messageOf(error);
  if (code === UNAUTHENTICATED || code === PERMISSION_DENIED) {
    return new CheckFailure(message, 'Correct temporal.apiKey, or the client certificate under temporal.tls.');
  }
  if (message === CONNECT_FAILURE || code === DEADLINE_EXCEEDED || code === UNAVAILABLE) {
    const hint = tls
      ? 'A server without TLS must not have temporal.tls; one with its own authority needs caFile, and maybe serverName.'
      : 'A server that speaks TLS needs temporal.tls.';
    return new CheckFailure(message, `Start Temporal there, or correct temporal.address. ${hint}`);
  }
  return error;
}

/** The SDK wraps what gRPC said when it connects. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause instanceof Error ? error.cause : error;
}

function messageOf(error: unknown): string {
  const cause = causeOf(error);
  return cause instanceof Error ? cause.message : String(cause);
}

function codeOf(error: unknown): unknown {
  const cause = causeOf(error);
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
