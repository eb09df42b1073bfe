import type { ObjectSeed } from '../memory-store/bucket';
import type { WireAnswer } from '../memory-store-http/answers';
import type { WireRequest } from '../memory-store-http/routes';

/**
 * A: a call that is unknown is taken for another. B: listings that do not show all. C: answers that do not tell.
 * D: "try again". E: a header or call that is not understood. F: bodies and header values that are not as stored.
 */
export type QuirkKind = 'A' | 'B' | 'C' | 'D' | 'E' | 'F';

export type Next = (request: WireRequest) => Promise<WireAnswer>;
/** Answers in the store's place, with its help (`next`) or without; undefined: the request is none of its. */
export type Rule = (request: WireRequest, next: Next) => Promise<WireAnswer> | undefined;

/** One way in which a store, or a gateway before it, is not S3 to the letter. */
export interface Quirk {
  /** Unique. */
  readonly name: string;
  readonly kind: QuirkKind;
  readonly describe: string;
  /** The public report it is drawn from. */
  readonly source: string;
  /** Called once for each proxy: a rule may count. */
  readonly rule: () => Rule;
  /**
   * `works`: tasks succeed all the same. `honest`: a task may fail, and then nothing is lost and the row says so.
   */
  readonly promise: 'works' | 'honest';
  /** The HTTP status of rows that fail; any when absent. */
  readonly failedStatus?: number;
  /** What objects are like for the quirk to show. */
  readonly object?: ObjectSeed & { readonly body?: Buffer };
  /** A value of `object`, and one that no client has trouble with: what becomes of the one must become of the other. */
  readonly value?: { readonly odd: string; readonly plain: string };
}

export function isOfObject({ path }: WireRequest): boolean {
  return /^\/[^/]+\/./.test(path);
}

export function isWrite({ method }: WireRequest): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** A CopyObject, PutObject or DeleteObject, and no call with a subresource. */
export function isPlain({ query }: WireRequest): boolean {
  return [...query.keys()].every((name) => name === 'x-id' || name === 'versionId');
}

export function isCopy(request: WireRequest): boolean {
  return request.method === 'PUT' && request.headers['x-amz-copy-source'] !== undefined && isPlain(request);
}

export function error(status: number, code: string, message = code): WireAnswer {
  const body = Buffer.from(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  return { status, headers: { 'content-type': 'application/xml', 'content-length': String(body.length) }, body };
}

export function without(answer: WireAnswer, ...names: string[]): WireAnswer {
  const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !names.includes(name)));
  return { ...answer, headers };
}

/** `Content-Length` follows. */
export function withBody(answer: WireAnswer, body: string | Buffer): WireAnswer {
  const bytes = Buffer.from(body as string);
  return { ...answer, headers: { ...answer.headers, 'content-length': String(bytes.length) }, body: bytes };
}
