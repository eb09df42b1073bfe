import { DroverError } from '../contracts/engine/failures';
import type { Logger } from '../logging/logger';

interface BodyReadingError {
  readonly type: string;
}

/**
 * The catalogue's error for whatever a handler threw. What is not in the catalogue is a defect or worse: the log gets the
 * cause under the request id, the client only the id.
 */
export function toDroverError(error: unknown, requestId: string, log: Pick<Logger, 'error'>): DroverError {
  const known = error instanceof DroverError ? error : (pathError(error) ?? bodyError(error));
  if (known === undefined) {
    log.error({ error, requestId }, 'request failed');
    return new DroverError(
      'InternalServiceException',
      `Internal error; the log has the cause under request id ${requestId}`,
    );
  }
  // 501 is an answer about us, not about something that went wrong.
  if (known.httpStatus >= 500 && known.code !== 'NotImplemented') {
    log.error({ error: known, requestId }, known.message);
  }
  return known;
}

/** Express's router throws it for a percent sign in the path that encodes nothing. */
function pathError(error: unknown): DroverError | undefined {
  if (!(error instanceof URIError)) return undefined;
  return new DroverError('BadRequestException', 'The path is not valid percent-encoded UTF-8', { cause: error });
}

/** Errors of express's body readers. */
function bodyError(error: unknown): DroverError | undefined {
  if (!(error instanceof Error) || !('type' in error)) return undefined;
  const { type } = error as Error & BodyReadingError;
  switch (type) {
    case 'entity.too.large':
      return new DroverError('EntityTooLarge', 'The request body is too large', { cause: error });
    case 'entity.parse.failed':
      return new DroverError('BadRequestException', 'The body is not valid JSON', { cause: error });
    case 'encoding.unsupported':
      return new DroverError('BadRequestException', 'The body must not be compressed', { cause: error });
    case 'charset.unsupported':
      return new DroverError('BadRequestException', 'The body must be UTF-8', { cause: error });
    case 'request.aborted':
    case 'request.size.invalid':
      return new DroverError('BadRequestException', 'The body did not arrive as announced', { cause: error });
    default:
      // What they call the client's fault is none of ours.
      return 'status' in error && typeof error.status === 'number' && error.status >= 400 && error.status < 500
        ? new DroverError('BadRequestException', `The body can't be read: ${error.message}`, { cause: error })
        : undefined;
  }
}
