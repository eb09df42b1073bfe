import { StoreError } from '../../store-error';

/** Keys come percent-encoded: XML has no form for some of their characters. */
export const ENCODED = { EncodingType: 'url' } as const;

const MAY_BE_ENCODED = /[%+]/;

/** A key of a listing that says that it encodes. Throws StoreError InvalidAnswer for one that is not UTF-8. */
export function decodedKey(key: string): string {
  if (!MAY_BE_ENCODED.test(key)) return key;
  try {
    // Form encoding: a space is a plus (API_ListObjectsV2, `EncodingType`).
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (cause) {
    throw new StoreError('InvalidAnswer', 200, `The store listed a key that is not UTF-8: ${key}`, { cause });
  }
}
