/** Kind F: bodies and header values that gateways turn into others, or that are not ASCII. */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { WireRequest } from '../../memory-store-http/routes';
import { isOfObject, isPlain, type Quirk, without } from '../quirk';

const isGet = (request: WireRequest): boolean => request.method === 'GET' && isOfObject(request) && isPlain(request);
const accepts = (request: WireRequest, coding: string): boolean =>
  (request.headers['accept-encoding'] ?? '').includes(coding);

const ZIPPED = gzipSync(Buffer.from('told twice, told twice, told twice'));

const GUNZIPS: Quirk = {
  name: 'gunzips',
  kind: 'F',
  describe: 'An object with Content-Encoding gzip comes unpacked and chunked, unless the client accepts gzip',
  source: 'rclone/rclone#2658 (Google), rclone/rclone#8500',
  promise: 'works',
  object: { body: ZIPPED, headers: { ContentEncoding: 'gzip', ContentType: 'text/plain' } },
  rule: () => (request, next) => {
    if (!isGet(request) || accepts(request, 'gzip')) return undefined;
    // Ranges are left out: unpacked, they would be others.
    const { range: _range, ...headers } = request.headers;
    return next({ ...request, headers }).then((answer) => {
      if (answer.headers['content-encoding'] !== 'gzip') return next(request);
      return { ...without(answer, 'content-encoding', 'content-length', 'etag'), body: gunzipSync(answer.body) };
    });
  },
};

const GZIPS: Quirk = {
  name: 'gzips',
  kind: 'F',
  describe: 'Bodies come packed and chunked when the client accepts gzip',
  source: 'async-aws/aws#2077, rclone/rclone#8137',
  promise: 'works',
  rule: () => (request, next) => {
    if (!isGet(request) || !accepts(request, 'gzip') || request.headers['range'] !== undefined) return undefined;
    return next(request).then((answer) => {
      if (answer.status !== 200 || answer.headers['content-encoding'] !== undefined) return answer;
      const packed = without(answer, 'content-length');
      return { ...packed, headers: { ...packed.headers, 'content-encoding': 'gzip' }, body: gzipSync(answer.body) };
    });
  },
};

const CHUNKED: Quirk = {
  name: 'chunked',
  kind: 'F',
  describe: 'Bodies come chunked, without Content-Length',
  source: 'rclone/rclone#2658, rclone/rclone#8500',
  promise: 'works',
  rule: () => (request, next) => {
    if (!isGet(request)) return undefined;
    return next(request).then((answer) => without(answer, 'content-length'));
  },
};

/** Header values as they are kept: one character for each octet. */
export function octets(text: string, encoding: 'utf8' | 'latin1'): string {
  return Buffer.from(text, encoding).toString('latin1');
}

/** What objects are like; the rule only tells that it was seen. */
function values(
  name: string,
  describe: string,
  source: string,
  value: NonNullable<Quirk['value']>,
  object: (value: string) => NonNullable<Quirk['object']>,
): Quirk {
  const rule: Quirk['rule'] = () => (request, next) =>
    isOfObject(request) && isPlain(request) ? next(request) : undefined;
  return { name, kind: 'F', describe, source, promise: 'works', object: object(value.odd), value, rule };
}

const inMetadata = (author: string): NonNullable<Quirk['object']> => ({ metadata: { author, kept: 'too' } });
const inDisposition = (name: string): NonNullable<Quirk['object']> => ({
  headers: { ContentDisposition: `attachment; filename="${name}.txt"`, ContentType: 'text/plain' },
});

/** The octets of UTF-8 are taken for Latin-1, and encoded once more. */
const ENCODES_ANEW: Quirk = {
  name: 'metadata-encoded-anew',
  kind: 'F',
  describe: 'User metadata in raw UTF-8 is stored as other octets than were sent',
  source: 'the kind of SeaweedFS 4.48, where its answer was taken so',
  promise: 'honest',
  object: inMetadata(octets('José', 'utf8')),
  value: { odd: octets('José', 'utf8'), plain: 'Jose' },
  rule: () => (request, next) => {
    const sent = Object.entries(request.headers).filter(([name]) => name.startsWith('x-amz-meta-'));
    if (request.method !== 'PUT' || sent.length === 0) return undefined;
    const anew = sent.map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')] as const);
    return next({ ...request, headers: { ...request.headers, ...Object.fromEntries(anew) } });
  },
};

export const BYTES: readonly Quirk[] = [
  GUNZIPS,
  GZIPS,
  CHUNKED,
  ENCODES_ANEW,
  values(
    'metadata-utf8',
    'User metadata is raw UTF-8',
    'SeaweedFS 4.48',
    { odd: octets('José', 'utf8'), plain: 'Jose' },
    inMetadata,
  ),
  values(
    'metadata-latin1',
    'User metadata is raw Latin-1',
    'RFC 9110, 5.5: field values were ISO-8859-1',
    { odd: octets('José', 'latin1'), plain: 'Jose' },
    inMetadata,
  ),
  values(
    'metadata-rfc2047',
    'User metadata comes encoded by RFC 2047',
    'S3 user guide, "Working with object metadata"',
    { odd: '=?UTF-8?B?Sm9zw6k=?=', plain: 'Jose' },
    inMetadata,
  ),
  values(
    'disposition-utf8',
    'Content-Disposition is raw UTF-8',
    'browsers and mail programs, RFC 6266, appendix C.4',
    { odd: octets('naïve', 'utf8'), plain: 'naive' },
    inDisposition,
  ),
  values(
    'disposition-latin1',
    'Content-Disposition is raw Latin-1',
    'RFC 6266, appendix C.4',
    { odd: octets('naïve', 'latin1'), plain: 'naive' },
    inDisposition,
  ),
];
