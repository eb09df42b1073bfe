import type { StoreError } from '../store-error';

/** `A header you provided implies functionality that is not implemented`, in whatever words and with whatever status. */
export function isNotImplemented({ httpStatus, code, message }: StoreError): boolean {
  return httpStatus === 501 || code === 'NotImplemented' || (httpStatus === 400 && /not implemented/i.test(message));
}
