/** Kind D: the first attempt is refused in words that mean "try again". Nothing is done by then. */
import type { WireAnswer } from '../../memory-store-http/answers';
import type { WireRequest } from '../../memory-store-http/routes';
import { error, isCopy, isWrite, type Quirk, withBody } from '../quirk';

export function firstAttempt(
  name: string,
  source: string,
  answer: WireAnswer,
  matches: (request: WireRequest) => boolean = () => true,
): Quirk {
  return {
    name,
    kind: 'D',
    describe: `The first attempt at each call is answered with ${answer.status} (${name})`,
    source,
    promise: 'works',
    rule: () => {
      const seen = new Set<string>();
      return (request) => {
        const { method, path, query } = request;
        const call = `${method} ${path}?${query.toString()}`;
        if (!matches(request) || seen.has(call)) return undefined;
        seen.add(call);
        return Promise.resolve(method === 'HEAD' ? withBody(answer, '') : answer);
      };
    },
  };
}

/** The answer to a HEAD has no code that could say so. */
const hasBody = ({ method }: WireRequest): boolean => method !== 'HEAD';
const page = (status: number): WireAnswer =>
  withBody({ status, headers: { 'content-type': 'text/html' }, body: Buffer.alloc(0) }, `<html>${status}</html>`);

export const TRY_AGAIN: readonly Quirk[] = [
  firstAttempt(
    'operation-aborted-409',
    'apache/arrow-rs-object-store#138 (OVH)',
    error(409, 'OperationAborted', 'A conflicting conditional operation is currently in progress'),
    isWrite,
  ),
  firstAttempt(
    'conditional-conflict-409',
    'apache/opendal#6741',
    error(409, 'ConditionalRequestConflict', 'The conditional request cannot succeed due to a conflicting operation'),
    isWrite,
  ),
  firstAttempt('slow-down-in-200', 'apache/arrow-rs#6508', error(200, 'SlowDown'), isCopy),
  firstAttempt(
    'internal-error-in-200',
    'aws/aws-sdk-java#1141, minio/minio-go#2305',
    error(200, 'InternalError'),
    isCopy,
  ),
  firstAttempt('server-busy-503', 'the same kind as minio/minio#12260', error(503, 'ServerBusy', 'Try again')),
  firstAttempt('not-initialized-503', 'minio/minio#12260', error(503, 'XMinioServerNotInitialized')),
  firstAttempt(
    'internal-error-500',
    'SeaweedFS 4.48, a copy to a bucket that is missing',
    error(500, 'InternalError', 'Please try again'),
  ),
  firstAttempt('throttled-429', 'DataBiosphere/toil#3483', error(429, 'TooManyRequests')),
  firstAttempt('throttled-429-page', 'pgbackrest/pgbackrest#2655 (Cloudflare R2)', page(429)),
  firstAttempt('bad-gateway-502-page', 'RFC 9110, 15.6.3: a gateway without an answer', page(502)),
  firstAttempt(
    'request-timeout-400',
    'Error responses, Amazon S3 API Reference',
    error(400, 'RequestTimeout'),
    hasBody,
  ),
  firstAttempt('throttling-400', 'THROTTLING_ERROR_CODES of the AWS SDKs', error(400, 'Throttling'), hasBody),
  firstAttempt('bandwidth-509', 'THROTTLING_ERROR_CODES of the AWS SDKs', error(509, 'BandwidthLimitExceeded')),
];
