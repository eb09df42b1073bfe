import { type AnswerHeaders, single } from '../http/answer-headers';
import type { ObjectRef, ReadOptions, ReadRange } from '../object-store';
import { StoreError } from '../store-error';
import { contentLengthOf } from './object-properties';

export function objectInput(ref: ObjectRef): { Bucket: string; Key: string; VersionId?: string } {
  const { bucket, key, versionId } = ref;
  return versionId === undefined ? { Bucket: bucket, Key: key } : { Bucket: bucket, Key: key, VersionId: versionId };
}

export function readInput(ref: ObjectRef, { ifMatch, range }: ReadOptions): object {
  if (range && range.end <= range.start) {
    throw new StoreError('InvalidRange', 416, `The range ${range.start}..${range.end} holds no byte`);
  }
  return {
    ...objectInput(ref),
    ...(ifMatch === undefined ? {} : { IfMatch: quoted(ifMatch) }),
    ...(range ? { Range: `bytes=${range.start}-${range.end - 1}` } : {}),
  };
}

export function rangeOf(header: string | undefined): ReadRange | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header ?? '') ?? [];
  return last === undefined ? undefined : { start: Number(first), end: Number(last) + 1 };
}

/**
 * A store that ignores a range would pass off the beginning of the object as the part that was asked for. `bodyBytes`, where the body
 * has been read, stands in for a length that the answer does not tell.
 */
export function checkRange(
  httpStatus: number,
  headers: AnswerHeaders,
  range: ReadRange | undefined,
  bodyBytes = Infinity,
): void {
  if (!range) return;
  const contentRange = single(headers['content-range']);
  if (httpStatus === 206) {
    const first = /^bytes (\d+)-/.exec(contentRange ?? '')?.[1];
    if (first === undefined || Number(first) === range.start) return;
  } else if (range.start === 0 && (contentLengthOf(headers) ?? bodyBytes) <= range.end) {
    return;
  }
  const got = contentRange ?? `status ${httpStatus}`;
  throw new StoreError(
    'InvalidRange',
    httpStatus,
    `The store did not answer with bytes ${range.start}-${range.end - 1} but with ${got}`,
  );
}

function quoted(etag: string): string {
  return /^(?:W\/)?".*"$|^\*$/.test(etag) ? etag : `"${etag}"`;
}
