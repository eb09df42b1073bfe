/** The refusals of the in-memory store that more than one of its parts gives, in S3's words. */
import { StoreError, type ToldMarker } from '../../../storage/store-error';

export function refusal(code: string, httpStatus: number, message: string, deleteMarker?: ToldMarker): StoreError {
  return new StoreError(code, httpStatus, message, { requestId: 'memory', deleteMarker });
}

export function preconditionFailed(): StoreError {
  return refusal('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold');
}

export function notReadable(): StoreError {
  return refusal('InvalidObjectState', 403, "The operation is not valid for the object's storage class");
}

export function malformedXml(): StoreError {
  return refusal(
    'MalformedXML',
    400,
    'The XML you provided was not well-formed or did not validate against our schema',
  );
}
