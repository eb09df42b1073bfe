/**
 * What a store, or the network before it, said of one request after all retries.
 * `httpStatus` is 0 when no answer came.
 */
export class StoreError extends Error {
  readonly code: string;
  readonly httpStatus: number;
  readonly requestId: string | undefined;
  /** True when the request may have taken effect although no answer was read: a timeout or a broken connection after sending. */
  readonly answerLost: boolean;
  /** True when the store said that it failed, perhaps after the effect: a server's error in answer to what changes something. */
  readonly isUnclear: boolean;

  constructor(
    code: string,
    httpStatus: number,
    message: string,
    options: { requestId?: string | undefined; answerLost?: boolean; isUnclear?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'StoreError';
    this.code = code;
    this.httpStatus = httpStatus;
    this.requestId = options.requestId;
    this.answerLost = options.answerLost ?? false;
    this.isUnclear = options.isUnclear ?? false;
  }

  /** The store can't be reached or is not serving at all: not the fault of this one object. */
  get storeDown(): boolean {
    return this.httpStatus === 0;
  }
}
