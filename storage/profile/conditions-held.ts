import { StoreError } from '../store-error';

/** Conditions of a read, or on the source of a copy. */
export interface ReadConditions {
  readonly IfMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

/** What an answer tells. An ETag that it does not is empty. */
interface Told {
  readonly etag: string;
  readonly lastModified?: Date | undefined;
}

/**
 * Throws what S3 answers to conditions that do not hold, for a store that takes no notice of them: 412, and 304 for IfModifiedSince.
 * An object whose time is not told does not meet a condition on it.
 */
export function checkConditionsHeld(conditions: ReadConditions, { etag, lastModified }: Told): void {
  const { IfMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  if (IfMatch !== undefined && IfMatch !== '*' && etag !== '' && plain(IfMatch) !== plain(etag)) {
    throw failed('the object is another than the one that was asked for');
  }
  if (IfModifiedSince === undefined && IfUnmodifiedSince === undefined) return;
  if (lastModified === undefined) {
    throw new StoreError(
      'NotImplemented',
      501,
      'The store does not tell when the object was written, on which a condition depends',
    );
  }
  // Both are dates of HTTP, which has no milliseconds.
  const written = seconds(lastModified);
  if (IfUnmodifiedSince !== undefined && written > seconds(IfUnmodifiedSince)) {
    throw failed(`the object was written at ${lastModified.toISOString()}`);
  }
  if (IfModifiedSince !== undefined && written <= seconds(IfModifiedSince)) {
    throw new StoreError('NotModified', 304, `The object was last written at ${lastModified.toISOString()}`);
  }
}

function plain(etag: string): string {
  return etag.replace(/^W\//, '').replaceAll('"', '');
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1_000);
}

function failed(why: string): StoreError {
  return new StoreError('PreconditionFailed', 412, `At least one of the pre-conditions does not hold: ${why}`);
}
