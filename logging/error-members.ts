import { defined } from '../contracts/defined';

/** Deeper chains of causes repeat themselves. */
const CAUSES_MAX = 8;

/** An error as a line of the log shows it. */
export interface LoggedError {
  /** A code of the failure catalogue, of Node or of a store; Temporal's failures bring it as `type`. */
  readonly code?: string;
  /** The name of the class, where it says more than `Error`. */
  readonly type?: string;
  readonly message: string;
  /** Errors without a code alone have it: a defect is looked for by its stack. */
  readonly stack?: string;
  readonly cause?: LoggedError;
}

/**
 * What was thrown, as plain members. Errors that come out of a workflow's isolate are of no class that this process knows, so
 * members decide. A value that is no error is returned as it is.
 */
export function errorMembers(error: unknown): unknown {
  return isErrorLike(error) ? members(error, CAUSES_MAX) : error;
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message: string;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
}

/** An error of this process or of another isolate; failures that were made plain already pass as they are. */
function isErrorLike(value: unknown): value is ErrorLike {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
}

function members(error: ErrorLike, depth: number): LoggedError {
  const { name, message, stack, cause } = error;
  const code = codeOf(error);
  const type = typeof name === 'string' && name !== 'Error' ? name : undefined;
  return {
    ...defined({ code, type }),
    message,
    ...(code === undefined && cause === undefined && typeof stack === 'string' ? { stack } : {}),
    ...(depth > 1 && isErrorLike(cause) ? { cause: members(cause, depth - 1) } : {}),
  };
}

function codeOf({ code, type }: ErrorLike): string | undefined {
  // gRPC has numbers.
  if (typeof code === 'string' || typeof code === 'number') return String(code);
  return typeof type === 'string' ? type : undefined;
}
