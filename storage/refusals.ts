import { DroverError } from '../contracts/engine/failures';
import type { StoreError } from './store-error';

/** S3's codes for a key, a signature or a token that it does not take ("Error responses", Amazon S3 API Reference). */
const CREDENTIALS_CODES = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
]);

/**
 * What a store's answer says that is the same for whatever is asked: it does not serve now (StoreUnreachable), the bucket is in
 * another region (BucketInOtherRegion), the credentials are wrong (StoreCredentialsRefused). Undefined when it is about the
 * request. `what` names the bucket's part in the job, as "report bucket".
 */
export function generalRefusal(error: StoreError, what: string): DroverError | undefined {
  const cause = { cause: error };
  if (error.passes) return new DroverError('StoreUnreachable', error.told, cause);
  if (error.bucketRegion !== undefined) return new DroverError('BucketInOtherRegion', misdirected(error, what), cause);
  if (CREDENTIALS_CODES.has(error.code)) {
    return new DroverError('StoreCredentialsRefused', `The ${what}: ${error.told}`, cause);
  }
  return undefined;
}

/** Short: failure reasons end after 256 characters. */
function misdirected({ bucketRegion, call, code, httpStatus }: StoreError, what: string): string {
  const { resource = '', operation = '', place = 'its store' } = call ?? {};
  const refused = `${operation} ${httpStatus} ${code}`.trim();
  return `The ${what} ${resource} is in region ${bucketRegion}, not in that of ${place}: name it under a store of its region (${refused})`;
}
