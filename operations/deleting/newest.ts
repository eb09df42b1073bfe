import { defined } from '../../contracts/defined';
import type { CallOptions, ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';

/** What a key is, by a look at the key itself. */
export interface Newest {
  /** `nothing`: not there, and the store tells of no delete marker. SeaweedFS never tells of one. */
  readonly is: 'object' | 'marker' | 'nothing';
  /** Absent where the bucket has no versions, or the store does not tell. */
  readonly versionId?: string;
}

/** Looks at the newest version of a key: what a listing does not show is seen so. Rejects with what tells nothing. */
export async function newestOf(
  store: ObjectStore,
  { bucket, key }: ObjectRef,
  { signal }: CallOptions,
): Promise<Newest> {
  try {
    const { versionId } = await store.headObject({ bucket, key }, { ...(signal && { signal }), plainNotFound: true });
    return { is: 'object', ...defined({ versionId }) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.deleteMarker) return { is: 'marker', ...error.deleteMarker };
    if (error.httpStatus === 404) return { is: 'nothing' };
    throw error;
  }
}
