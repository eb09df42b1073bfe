/**
 * Goal: who calls the API learns from a failed call to Temporal whether to try again. Method: errors as the gRPC library makes
 * them, wrapped as the SDK wraps them.
 */
import { ServiceError } from '@temporalio/client';
import { explainTemporalError } from '../../../../api/temporal/errors';
import { DroverError } from '../../../../contracts/engine/failures';

function grpcError(code: number, details: string): Error {
  return Object.assign(new Error(`${code} ${details}`), { code, details, metadata: {} });
}

test.each([
  [14, 'No connection established', 'ServiceUnavailable'],
  [4, 'Deadline exceeded after 5.001s', 'ServiceUnavailable'],
  // What a server's reset at the deadline looks like when it comes first.
  [1, 'Call cancelled', 'ServiceUnavailable'],
  [8, 'namespace rate limit exceeded', 'TooManyRequestsException'],
  [8, 'Received message larger than max (7970216 vs 4194304)', 'InternalServiceException'],
  [3, 'BadSearchAttributes: no mapping for search attribute DroverAccount', 'InvalidConfiguration'],
  [3, 'Blob data size exceeds limit', 'EntityTooLarge'],
])('gRPC %i (%s) is %s', (code, details, expected) => {
  const cause = grpcError(code, details);
  for (const error of [cause, new ServiceError('Failed to describe schedule', { cause })]) {
    const explained = explainTemporalError(error);
    expect(explained).toBeInstanceOf(DroverError);
    expect(explained).toMatchObject({ code: expected, cause: error });
  }
});

test('leaves what it does not know as it is', () => {
  for (const error of [grpcError(13, 'internal'), grpcError(3, 'Minute is not in range'), new Error('x'), 'x']) {
    expect(explainTemporalError(error)).toBe(error);
  }
});
