import { MINUTE_MS } from '../../contracts/limits/units';
import { type AnswerHeaders, single } from '../http/answer-headers';
import { classify, EXPIRED_CODES, type FaultKind } from '../http/error-meanings';
import type { NetworkFault } from '../http/network-fault';
import { retryAfterMs } from '../http/retry-policy';
import { unanswered } from '../http/unanswered';
import { type StoreCall, StoreError } from '../store-error';
import type { AwsOperation } from './operation';
import type { AwsService } from './service';

/** One failed attempt, and what it means for the next. */
export interface RequestFault {
  readonly kind: FaultKind;
  readonly error: StoreError;
  readonly retryAfterMs: number;
  /** The credentials had expired; with new ones it may go well. */
  readonly expired: boolean;
}

/** What was asked, for the message and for what a lost answer means. */
export interface FaultContext {
  readonly service: AwsService;
  readonly operation: AwsOperation;
  readonly method: string;
  /** A bucket, or a function. */
  readonly resource: string;
  /** Name, endpoint and region. */
  readonly place: string;
  /** The one that requests are signed for. */
  readonly region: string;
  readonly nowMs: number;
}

/** Faults that the next attempt would only repeat. */
const LASTING_FAULT_CODES = new Set(['CertificateNotTrusted', 'TlsError', 'InvalidRequest', 'AnswerTooLarge']);

/** The fault that an answer other than 2xx is. */
export function answerFault(
  context: FaultContext,
  httpStatus: number,
  headers: AnswerHeaders,
  body: Uint8Array,
): RequestFault {
  const { service, operation } = context;
  const { code, message, requestId, region, deleteMarker } = service.readError(httpStatus, body, headers);
  const kind = (operation.faultKind ?? classify)(httpStatus, code);
  const bucketRegion = MISDIRECTED_STATUS.includes(httpStatus) && region !== context.region ? region : undefined;
  const text = message + hintFor(code, bucketRegion, headers, context);
  const details = {
    requestId,
    isUnclear: mayHaveEffect(context, httpStatus, kind),
    call: callOf(context),
    bucketRegion,
    deleteMarker,
  };
  return {
    kind,
    error: new StoreError(code, httpStatus, text, details),
    retryAfterMs: retryAfterMs(headers, context.nowMs),
    expired: EXPIRED_CODES.has(code),
  };
}

/** S3's answers to a request for a bucket in another region ("Redirects and request errors", API_HeadBucket). */
const MISDIRECTED_STATUS = [301, 307, 400];

function callOf({ operation, resource, place }: FaultContext): StoreCall {
  return { operation: operation.name, resource, place };
}

function hintFor(
  code: string,
  bucketRegion: string | undefined,
  headers: AnswerHeaders,
  { resource, place, nowMs }: FaultContext,
): string {
  if (code === 'RequestTimeTooSkewed') return skewText(headers, nowMs);
  if (bucketRegion === undefined) return '';
  return ` (the bucket ${resource} is in region ${bucketRegion}, not in that of store ${place}: configure it under a store of its region)`;
}

/** 501, 503 and 505 say that nothing was begun. */
const UNCLEAR_STATUS = [500, 502, 504];

function mayHaveEffect({ method }: FaultContext, httpStatus: number, kind: FaultKind): boolean {
  return kind === 'transient' && UNCLEAR_STATUS.includes(httpStatus) && changesSomething(method);
}

function changesSomething(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/**
 * For operations whose 200 may carry an error or nothing: the store begins its answer before it is done (API_CopyObject).
 * Undefined when the body is a result.
 */
export function faultIn200(context: FaultContext, headers: AnswerHeaders, body: Uint8Array): RequestFault | undefined {
  if (body.byteLength === 0) {
    if (context.operation.mayBeEmpty) return undefined;
    const error = new StoreError('InternalError', 500, `The store ended ${context.operation.name} without a result`, {
      requestId: single(headers['x-amz-request-id']),
      answerLost: true,
      call: callOf(context),
    });
    const kind = context.operation.looksAfterEmpty ? 'final' : 'transient';
    return { kind, error, retryAfterMs: 0, expired: false };
  }
  const httpStatus = context.operation.errorIn200?.(body);
  return httpStatus === undefined ? undefined : answerFault(context, httpStatus, headers, body);
}

/** What a store answers that takes the request for another, mostly for the plain one to the object or bucket. */
export function notUnderstood({ name }: AwsOperation): StoreError {
  return new StoreError('NotImplemented', 501, `The store does not know ${name}: it answered with something else`);
}

export function finalFault(error: StoreError): RequestFault {
  return { kind: 'final', error, retryAfterMs: 0, expired: false };
}

/** The fault of a request that got no answer. */
export function unansweredFault(context: FaultContext, fault: NetworkFault): RequestFault {
  return {
    kind: LASTING_FAULT_CODES.has(fault.code) ? 'final' : 'transient',
    error: unansweredError(context, fault),
    retryAfterMs: 0,
    expired: false,
  };
}

export function unansweredError({ service, operation, method, place }: FaultContext, fault: NetworkFault): StoreError {
  return unanswered(fault, {
    what: `${operation.name} at ${place}`,
    authorityAdvice: service.authorityAdvice,
    changesSomething: changesSomething(method),
  });
}

/** The same error, marked when the answer to an earlier attempt was lost: that one may have taken effect. */
export function withLostAnswer(error: StoreError, answerLost: boolean): StoreError {
  if (error.answerLost === answerLost) return error;
  const { code, httpStatus, message, requestId, isUnclear, call, bucketRegion, deleteMarker, cause } = error;
  const details = { requestId, answerLost, isUnclear, call, bucketRegion, deleteMarker, cause };
  return new StoreError(code, httpStatus, message, details);
}

function skewText(headers: AnswerHeaders, nowMs: number): string {
  const storeMs = Date.parse(single(headers['date']) ?? '');
  if (Number.isNaN(storeMs)) return " (set this machine's clock)";
  const minutes = Math.round((nowMs - storeMs) / MINUTE_MS);
  return ` (this machine's clock is ${Math.abs(minutes)} minutes ${minutes < 0 ? 'behind' : 'ahead of'} the store's: set it)`;
}
