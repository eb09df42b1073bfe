import type { ObjectHead } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';

/** The bytes of an object. Throws `StoreError` when the store does not tell, however it is asked: none would be a guess. */
export function sizeOf({ contentLength }: Pick<ObjectHead, 'contentLength'>): number {
  if (contentLength !== undefined) return contentLength;
  throw new StoreError(
    'InvalidAnswer',
    200,
    'The store does not tell the size of the object, neither by HeadObject nor by GetObject',
  );
}
