/** Kind C: answers that leave out what S3's have, or say that it is done when it is not. */
import type { WireAnswer } from '../../memory-store-http/answers';
import type { WireRequest } from '../../memory-store-http/routes';
import { isCopy, isOfObject, isPlain, type Quirk, withBody, without } from '../quirk';

type Matches = (request: WireRequest) => boolean;

function changed(
  name: string,
  describe: string,
  source: string,
  matches: Matches,
  change: (answer: WireAnswer) => WireAnswer,
): Quirk {
  const rule: Quirk['rule'] = () => (request, next) => {
    if (!matches(request)) return undefined;
    return next(request).then((answer) => (answer.status < 300 ? change(answer) : answer));
  };
  return { name, kind: 'C', describe, source, rule, promise: 'honest' };
}

function lacks(name: string, describe: string, source: string, matches: Matches, header: string): Quirk {
  return changed(name, describe, source, matches, (answer) => without(answer, header));
}

const isHead: Matches = (request) => request.method === 'HEAD' && isOfObject(request);
const isGet: Matches = (request) => request.method === 'GET' && isOfObject(request) && isPlain(request);
const isPut: Matches = (request) =>
  request.method === 'PUT' && isOfObject(request) && isPlain(request) && !isCopy(request);
const isGetTagging: Matches = ({ method, query }) => method === 'GET' && query.has('tagging');
const isDeleteObjects: Matches = ({ method, query }) => method === 'POST' && query.has('delete');

const DELETE_NOTHING: Quirk = {
  name: 'delete-objects-does-nothing',
  kind: 'C',
  describe: 'DeleteObjects deletes nothing, and answers 200 without a key',
  source: 'the same kind as AutoMQ/automq#1028, with the other effect',
  promise: 'honest',
  rule: () => (request) =>
    isDeleteObjects(request)
      ? Promise.resolve(withBody({ status: 200, headers: {}, body: Buffer.alloc(0) }, '<DeleteResult/>'))
      : undefined,
};

const COPY_NOTHING: Quirk = {
  name: 'copy-does-nothing',
  kind: 'C',
  describe: 'CopyObject copies nothing, and answers 200 with an empty body',
  source: 'API_CopyObject: the answer begins before the copy is done',
  promise: 'honest',
  rule: () => (request) =>
    isCopy(request)
      ? Promise.resolve({ status: 200, headers: { 'content-length': '0' }, body: Buffer.alloc(0) })
      : undefined,
};

export const ANSWERS: readonly Quirk[] = [
  lacks(
    'head-without-length',
    'HEAD has no Content-Length',
    'async-aws/aws#2077, rclone/rclone#8137, thephpleague/flysystem#1910',
    isHead,
    'content-length',
  ),
  lacks('head-without-etag', 'HEAD has no ETag', 's3s-project/s3s#549, minio/minio#7290', isHead, 'etag'),
  lacks('head-without-last-modified', 'HEAD has no Last-Modified', 'adobe/S3Mock#32', isHead, 'last-modified'),
  lacks(
    'head-without-tag-count',
    'HEAD has no x-amz-tagging-count',
    'API_HeadObject: only for those who may read tags',
    isHead,
    'x-amz-tagging-count',
  ),
  lacks(
    'head-without-version',
    'HEAD has no x-amz-version-id',
    'the same kind as s3s-project/s3s#549',
    isHead,
    'x-amz-version-id',
  ),
  lacks('get-without-etag', 'GET has no ETag', 'minio/minio#7290, minio/minio#6198', isGet, 'etag'),
  lacks('put-without-etag', 'PutObject answers without an ETag', 'the same kind as s3s-project/s3s#549', isPut, 'etag'),
  changed(
    'copy-with-empty-answer',
    'CopyObject copies, and answers 200 with an empty body',
    'API_CopyObject: the answer begins before the copy is done',
    isCopy,
    (answer) => withBody(answer, ''),
  ),
  changed(
    'copy-result-empty',
    'CopyObjectResult has neither ETag nor date',
    'the same kind as s3s-project/s3s#549',
    isCopy,
    (answer) => withBody(answer, '<CopyObjectResult></CopyObjectResult>'),
  ),
  COPY_NOTHING,
  changed(
    'delete-result-empty',
    'DeleteObjects deletes, and tells of no key',
    'AutoMQ/automq#1028 (Baidu BOS)',
    isDeleteObjects,
    (answer) => withBody(answer, '<DeleteResult></DeleteResult>'),
  ),
  changed(
    'delete-result-missing',
    'DeleteObjects deletes, and answers 200 without a body',
    'AutoMQ/automq#1028 (Baidu BOS)',
    isDeleteObjects,
    (answer) => withBody(answer, ''),
  ),
  DELETE_NOTHING,
  changed(
    'tagging-without-set',
    'GET ?tagging answers a Tagging that has no TagSet, whatever tags there are',
    'the same kind as async-aws/aws#2077: the answer does not tell',
    isGetTagging,
    (answer) => withBody(answer, '<Tagging></Tagging>'),
  ),
  {
    ...changed(
      'acl-without-grants',
      'GET ?acl answers an owner alone, whatever grants there are',
      'the same kind as async-aws/aws#2077: the answer does not tell',
      ({ method, query }) => method === 'GET' && query.has('acl'),
      (answer) => withBody(answer, '<AccessControlPolicy><Owner><ID>owner</ID></Owner></AccessControlPolicy>'),
    ),
    object: { settings: { ACL: 'public-read' } },
  },
  changed(
    'tagging-empty',
    'GET ?tagging answers 200 without a body, whatever tags there are',
    'the same kind as AutoMQ/automq#1028',
    isGetTagging,
    (answer) => withBody(answer, ''),
  ),
];
