import { isGrpcServiceError, NamespaceNotFoundError } from '@temporalio/client';
import { DroverError } from '../../contracts/engine/failures';
import { isTooLarge } from '../../temporal/connection';

/** Status codes of gRPC (https://grpc.io/docs/guides/status-codes/); the enumeration itself sits in a package we don't depend on. */
const GRPC = { cancelled: 1, invalidArgument: 3, deadlineExceeded: 4, resourceExhausted: 8, unavailable: 14 } as const;

interface GrpcTrouble {
  readonly code: number;
  readonly details: string;
}

/** The gRPC error inside an SDK error, if there is one. */
function grpcTroubleOf(error: unknown): GrpcTrouble | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if (isGrpcServiceError(current)) return { code: current.code, details: current.details };
    current = current.cause;
  }
  return undefined;
}

export function isInvalidArgument(error: unknown): boolean {
  return grpcTroubleOf(error)?.code === GRPC.invalidArgument;
}

/**
 * Explains a failed call to Temporal to the caller. Unknown errors come back as they are: they are defects, and the API
 * answers them with InternalServiceException.
 */
export function explainTemporalError(error: unknown): unknown {
  if (error instanceof NamespaceNotFoundError) {
    return new DroverError('ServiceUnavailable', `Temporal namespace not found: ${error.message}`, { cause: error });
  }
  const trouble = grpcTroubleOf(error);
  if (trouble === undefined) return error;
  const cause = { cause: error };
  switch (trouble.code) {
    // We cancel no call: the server has reset the stream at the call's deadline, a moment before our own clock.
    case GRPC.cancelled:
    case GRPC.unavailable:
    case GRPC.deadlineExceeded:
      return new DroverError('ServiceUnavailable', 'Temporal does not answer', cause);
    case GRPC.resourceExhausted:
      if (isTooLarge(trouble.details)) {
        return new DroverError('InternalServiceException', `Temporal's answer is too large: ${trouble.details}`, cause);
      }
      return new DroverError('TooManyRequestsException', 'Temporal is limiting requests', cause);
    case GRPC.invalidArgument:
      if (/search attribute/i.test(trouble.details)) {
        return new DroverError(
          'InvalidConfiguration',
          `search attributes are not registered: ${trouble.details}`,
          cause,
        );
      }
      if (/size|too large|exceed/i.test(trouble.details)) {
        return new DroverError('EntityTooLarge', 'The request is larger than Temporal accepts', cause);
      }
      return error;
    default:
      return error;
  }
}
