import type { StoreError } from '../store-error';

/** `A header you provided implies functionality that is not implemented`, in whatever words and with whatever status. */
export function isNotImplemented({ httpStatus, code, message }: StoreError): boolean {
  return httpStatus === 501 || code === 'NotImplemented' || (httpStatus === 400 && /not implemented/i.test(message));
}

/** In the words of a store that calls it a wrong argument: checksums are refused so (diced/zipline#746), conditions as well. */
const NAMES_CONDITION = /\bif-(?:none-)?match\b|copy-source-if-|\bconditional/i;

/** Whether a request with a condition may have been refused for that. */
export function mayBeForCondition(error: StoreError): boolean {
  return isNotImplemented(error) || (error.httpStatus === 400 && NAMES_CONDITION.test(error.message));
}
