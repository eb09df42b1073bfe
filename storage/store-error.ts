import { classify } from './http/error-meanings';

/** The delete marker that an answer tells of, with its version id where it has one ("Working with delete markers", S3 user guide). */
export interface ToldMarker {
  readonly versionId?: string;
}

/** The call that failed. */
export interface StoreCall {
  readonly operation: string;
  /** A bucket, or a function. */
  readonly resource: string;
  /** The store, as `name (endpoint, region)`. */
  readonly place: string;
}

/** What is known of the request beside the answer. */
export interface StoreErrorDetails {
  readonly requestId?: string | undefined;
  /** True when the request may have taken effect although no answer was read: a timeout or a broken connection after sending. */
  readonly answerLost?: boolean;
  /** True when the store said that it failed, perhaps after the effect: a server's error in answer to what changes something. */
  readonly isUnclear?: boolean;
  readonly call?: StoreCall | undefined;
  /** The bucket's region, where the store refused the request because it is another one than the store's. */
  readonly bucketRegion?: string | undefined;
  readonly deleteMarker?: ToldMarker | undefined;
  readonly cause?: unknown;
}

/**
 * What a store, or the network before it, said of one request after all retries.
 * `httpStatus` is 0 when no answer came.
 */
export class StoreError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  readonly requestId: string | undefined;
  readonly answerLost: boolean;
  readonly isUnclear: boolean;
  readonly call: StoreCall | undefined;
  readonly bucketRegion: string | undefined;
  /** Present when what was asked for is a delete marker, or behind one, and the store says so. */
  readonly deleteMarker: ToldMarker | undefined;

  constructor(code: string, httpStatus: number, message: string, details: StoreErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'StoreError';
    this.code = code;
    this.httpStatus = httpStatus;
    this.requestId = details.requestId;
    this.answerLost = details.answerLost ?? false;
    this.isUnclear = details.isUnclear ?? false;
    this.call = details.call;
    this.bucketRegion = details.bucketRegion;
    this.deleteMarker = details.deleteMarker;
  }

  /** The store can't be reached or is not serving at all: not the fault of this one object. */
  get storeDown(): boolean {
    return this.httpStatus === 0;
  }

  /** It may go well some time later, with nothing changed. */
  get passes(): boolean {
    return this.storeDown || classify(this.httpStatus, this.code) !== 'final';
  }

  /** For a reader who does not know what was asked: the call before the store's own words. */
  get told(): string {
    // What the network says names them already.
    if (this.storeDown) return this.message;
    const said = `${this.httpStatus} ${this.code}: ${this.message}`;
    if (this.call === undefined) return said;
    const { operation, resource, place } = this.call;
    return `${operation} (${resource}) at ${place}: ${said}`;
  }
}
