import type { RequestTemplate, SerializedRequest } from '../aws/serialized-request';
import { encodeKey, encodeUri } from '../http/uri';

/** The members that differ from task to task; all others are the job's parameters. */
interface VaryingMembers {
  readonly Key: string;
  readonly CopySource?: string | undefined;
  readonly VersionId?: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;

const VARYING = new Set(['Bucket', 'Key', 'CopySource', 'VersionId']);
const COPY_SOURCE = 'x-amz-copy-source';
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/**
 * A serialized request with its key, version and copy source left open: a job sends the same request for every object but
 * for these, and filling them in costs a tenth of serializing. The parameters are compared by value with a copy of those
 * that were serialized, so that a caller may change its objects between calls.
 */
export class ObjectTemplate implements RequestTemplate {
  private constructor(
    private readonly parameters: ReadonlyMap<string, unknown>,
    private readonly hasCopySource: boolean,
    private readonly request: SerializedRequest,
    private readonly queryBefore: string,
    /** Undefined when the request names no version. */
    private readonly queryAfter: string | undefined,
  ) {}

  /** Undefined when the request is not made of its parts as expected; it then has to be serialized each time. */
  static from(input: object, request: SerializedRequest): ObjectTemplate | undefined {
    const members = input as Members;
    const parameters = new Map<string, unknown>();
    for (const name in members) {
      const value = members[name];
      if (VARYING.has(name) || value === undefined) continue;
      if (!isPlain(value)) return undefined;
      parameters.set(name, copyOf(value));
    }
    const pairs = request.query.split('&');
    const at = pairs.findIndex((pair) => pair.startsWith('versionId='));
    const before = [...pairs.slice(0, Math.max(at, 0)), 'versionId='].join('&');
    const after = ['', ...pairs.slice(at + 1)].join('&');
    const template = new ObjectTemplate(
      parameters,
      request.headers[COPY_SOURCE] !== undefined,
      { ...request, headers: { ...request.headers } },
      at < 0 ? request.query : before,
      at < 0 ? undefined : after,
    );
    const again = template.fill(input);
    return again && sameValue(again, request) ? template : undefined;
  }

  /** Undefined when the input has other parameters, or what can't be sent: serializing tells what is wrong with it. */
  fill(input: object): SerializedRequest | undefined {
    const { Key, CopySource, VersionId } = input as VaryingMembers;
    if (typeof Key !== 'string' || Key === '') return undefined;
    if (
      (CopySource !== undefined) !== this.hasCopySource ||
      (VersionId !== undefined) !== (this.queryAfter !== undefined)
    ) {
      return undefined;
    }
    if (!this.fits(input as Members)) return undefined;
    const headers = { ...this.request.headers };
    if (CopySource !== undefined) {
      if (!HEADER_VALUE.test(CopySource)) return undefined;
      headers[COPY_SOURCE] = CopySource;
    }
    const { method, body, payloadHash } = this.request;
    try {
      const query =
        VersionId === undefined ? this.queryBefore : this.queryBefore + encodeUri(VersionId) + (this.queryAfter ?? '');
      return { method, path: `/${encodeKey(Key)}`, query, headers, body, payloadHash };
    } catch {
      return undefined;
    }
  }

  private fits(members: Members): boolean {
    let count = 0;
    for (const name in members) {
      const value = members[name];
      if (value === undefined || VARYING.has(name)) continue;
      if (!sameValue(this.parameters.get(name), value)) return false;
      count += 1;
    }
    return count === this.parameters.size;
  }
}

/** Data whose every part can be compared: no bytes, streams or instances. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol';
  if (value instanceof Date) return true;
  if (Array.isArray(value)) return value.every(isPlain);
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === null || prototype === Object.prototype) && Object.values(value).every(isPlain);
}

function copyOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return new Date(value);
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyOf(member)]));
}

/** Members in the same order, too: the order of metadata or tags may show in the request. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Date || b instanceof Date) {
    return a instanceof Date && b instanceof Date && a.getTime() === b.getTime();
  }
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameItems(a, b);
  return sameMembers(a as Members, b as Members);
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, at) => sameValue(item, b[at]));
}

function sameMembers(a: Members, b: Members): boolean {
  const names = Object.keys(a);
  let at = 0;
  for (const name in b) if (name !== names[at++] || !sameValue(a[name], b[name])) return false;
  return at === names.length;
}
