/** Kind C: what a new object is to have is taken no notice of, and the answer is 200. */
import type { WireRequest } from '../../memory-store-http/routes';
import { isCopy, isOfObject, isPlain, type Quirk } from '../quirk';

const isPut = (request: WireRequest): boolean =>
  request.method === 'PUT' && isOfObject(request) && isPlain(request) && !isCopy(request);

const CALLS = { copy: ['CopyObject', isCopy], put: ['PutObject', isPut] } as const;
type Call = keyof typeof CALLS;

function ignored(call: Call, what: string, headers: RegExp, source: string): Quirk {
  const [title, isOfCall] = CALLS[call];
  const rule: Quirk['rule'] = () => (request, next) => {
    if (!isOfCall(request) || !Object.keys(request.headers).some((name) => headers.test(name))) return undefined;
    const kept = Object.entries(request.headers).filter(([name]) => !headers.test(name));
    return next({ ...request, headers: Object.fromEntries(kept) });
  };
  const describe = `${title} takes no notice of ${what}`;
  return { name: `${call}-ignores-${what}`, kind: 'C', describe, source, promise: 'honest', rule };
}

const ACL = /^x-amz-(?:acl|grant-.*)$/;
const LOCK = /^x-amz-object-lock-/;
const STORAGE_CLASS = /^x-amz-storage-class$/;
const ENCRYPTION = /^x-amz-server-side-encryption/;
const OF_THE_KIND = 'the same kind as floci-io/floci#986';

export const SETTINGS: readonly Quirk[] = [
  ignored('copy', 'tagging', /^x-amz-tagging(?:-directive)?$/, 'chimera-nas/chimera#1207, versity/versitygw#1125'),
  ignored('copy', 'metadata-directive', /^x-amz-metadata-directive$/, 'storj/edge#44'),
  ignored('copy', 'acl', ACL, 'the same kind as chimera-nas/chimera#1207'),
  ignored('copy', 'lock', LOCK, 'the same kind as chimera-nas/chimera#1207'),
  ignored('copy', 'storage-class', STORAGE_CLASS, 'the same kind as chimera-nas/chimera#1207'),
  ignored('put', 'tagging', /^x-amz-tagging$/, 'floci-io/floci#986, adobe/S3Mock#142, Robothy/local-s3#42'),
  ignored('put', 'acl', ACL, OF_THE_KIND),
  ignored('put', 'lock', LOCK, OF_THE_KIND),
  ignored('put', 'storage-class', STORAGE_CLASS, OF_THE_KIND),
  ignored('put', 'encryption', ENCRYPTION, OF_THE_KIND),
  ignored('put', 'metadata', /^x-amz-meta-/, 'rclone serve s3, "Limitations"'),
];
