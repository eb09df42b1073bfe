/** Kind E: headers and calls that a store does not understand, and says so. */
import type { WireAnswer } from '../../memory-store-http/answers';
import type { WireRequest } from '../../memory-store-http/routes';
import { error, isOfObject, isWrite, type Quirk } from '../quirk';

function refused(
  name: string,
  describe: string,
  source: string,
  answer: WireAnswer,
  matches: (request: WireRequest) => boolean,
  promise: Quirk['promise'] = 'works',
): Quirk {
  const rule: Quirk['rule'] = () => (request) => (matches(request) ? Promise.resolve(answer) : undefined);
  return { name, kind: 'E', describe, source, rule, promise };
}

/** The headers are taken no notice of, and nothing is said. */
function ignored(
  name: string,
  describe: string,
  source: string,
  header: RegExp,
  matches: (request: WireRequest) => boolean,
): Quirk {
  const rule: Quirk['rule'] = () => (request, next) => {
    if (!matches(request) || !hasHeader(header)(request)) return undefined;
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([each]) => !header.test(each)));
    return next({ ...request, headers });
  };
  return { name, kind: 'E', describe, source, rule, promise: 'works' };
}

const hasHeader = (pattern: RegExp) => (request: WireRequest) =>
  Object.keys(request.headers).some((name) => pattern.test(name));
const hasChecksum = hasHeader(/^x-amz-(checksum-|sdk-checksum-algorithm)/);
const hasCondition = hasHeader(/^if-(none-)?match$/);
const NOT_IMPLEMENTED = error(
  501,
  'NotImplemented',
  'A header you provided implies functionality that is not implemented.',
);
const isDeleteObjects = ({ method, query }: WireRequest): boolean => method === 'POST' && query.has('delete');

const START_AFTER: Quirk = {
  name: 'start-after-ignored',
  kind: 'E',
  describe: 'ListObjectsV2 takes no notice of start-after',
  source: 'versity/versitygw#138, findify/s3mock#102',
  promise: 'works',
  rule: () => (request, next) => {
    if (!request.query.has('start-after') || isOfObject(request)) return undefined;
    const query = new URLSearchParams(request.query);
    query.delete('start-after');
    return next({ ...request, query });
  },
};

const ENCODING_TYPE: Quirk = {
  name: 'encoding-type-ignored',
  kind: 'E',
  describe: 'Listings take no notice of encoding-type',
  source: 'brekkylab/backlot#178',
  promise: 'works',
  rule: () => (request, next) => {
    if (!request.query.has('encoding-type')) return undefined;
    const query = new URLSearchParams(request.query);
    query.delete('encoding-type');
    return next({ ...request, query });
  },
};

export const NOT_UNDERSTOOD: readonly Quirk[] = [
  refused(
    'checksums-refused-400',
    'Each checksum header is refused',
    'diced/zipline#746, iterate-ch/cyberduck#16107 (Backblaze B2)',
    error(400, 'InvalidArgument', "Unsupported header 'x-amz-sdk-checksum-algorithm' received for this API call."),
    hasChecksum,
  ),
  refused(
    'checksums-refused-501',
    'Each checksum header is refused',
    'the same kind as diced/zipline#746, with the status of storj/edge#564',
    NOT_IMPLEMENTED,
    hasChecksum,
  ),
  refused(
    'conditions-refused-501',
    'If-Match and If-None-Match on writes are refused',
    'hashicorp/terraform#37143, storj/edge#564',
    NOT_IMPLEMENTED,
    (request) => isWrite(request) && hasCondition(request),
  ),
  refused(
    'conditions-refused-400',
    'If-Match and If-None-Match on writes are wrong arguments',
    'the same kind as hashicorp/terraform#37143, in the words of diced/zipline#746',
    error(400, 'InvalidArgument', "Unsupported header 'if-none-match' received for this API call."),
    (request) => isWrite(request) && hasCondition(request),
  ),
  refused(
    'conditional-delete-refused-501',
    'If-Match on DeleteObject is refused',
    'the same kind as hashicorp/terraform#37143',
    NOT_IMPLEMENTED,
    (request) => request.method === 'DELETE' && hasCondition(request),
  ),
  refused(
    'copy-conditions-refused-501',
    'x-amz-copy-source-if-* is refused',
    'the same kind as hashicorp/terraform#37143',
    NOT_IMPLEMENTED,
    hasHeader(/^x-amz-copy-source-if-/),
  ),
  refused(
    'copy-conditions-refused-400',
    'x-amz-copy-source-if-* is a wrong argument',
    'the same kind as hashicorp/terraform#37143, in the words of diced/zipline#746',
    error(400, 'InvalidArgument', "Unsupported header 'x-amz-copy-source-if-match' received for this API call."),
    hasHeader(/^x-amz-copy-source-if-/),
  ),
  ignored(
    'conditions-ignored',
    'If-Match and If-None-Match on writes are taken no notice of',
    'open-rails/contentkit, v0.58.1 (Ceph), aws/aws-sdk-java-v2#6055 (Google)',
    /^if-(none-)?match$/,
    isWrite,
  ),
  ignored(
    'copy-conditions-ignored',
    'x-amz-copy-source-if-* is taken no notice of',
    'ceph/s3-tests, test_copy_object_ifmatch_failed, which fails on RGW (tracker.ceph.com/issues/40808)',
    /^x-amz-copy-source-if-/,
    isWrite,
  ),
  ignored(
    'read-conditions-ignored',
    'Conditions on reads are taken no notice of',
    'the same kind as ceph/s3-tests, test_copy_object_ifmatch_failed',
    /^if-(match|none-match|modified-since|unmodified-since)$/,
    (request) => !isWrite(request),
  ),
  refused(
    'content-md5-wanted',
    'DeleteObjects without Content-MD5 is refused',
    'aws/aws-sdk-php#3068 (MinIO)',
    error(400, 'MissingContentMD5', 'Missing required header for this request: Content-MD5'),
    (request) => isDeleteObjects(request) && request.headers['content-md5'] === undefined,
  ),
  refused(
    'delete-objects-501',
    'DeleteObjects is not implemented',
    'minio/mc#4778, supabase/storage#898 (Google)',
    error(501, 'NotImplemented'),
    isDeleteObjects,
  ),
  refused(
    'delete-objects-405',
    'DeleteObjects is not allowed',
    'meganz/s4-specs#5',
    error(405, 'MethodNotAllowed'),
    isDeleteObjects,
  ),
  START_AFTER,
  ENCODING_TYPE,
];
