import type { CallOptions, ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { restoreState } from '../common/restore-state';

/** `untold`: it can't be read, and the store says nothing of a restore. */
export type Readability = 'readable' | 'in-progress' | 'untold';

/**
 * Whether an archived object can be read by now. The store's own word counts (`x-amz-restore`); where it says nothing, reading one
 * byte shows it: other vendors have classes of their own, and not all of them send the header. Rejects with `StoreError`.
 */
export async function readability(store: ObjectStore, ref: ObjectRef, options: CallOptions): Promise<Readability> {
  switch (restoreState(await store.headObject(ref, options))) {
    case 'restored':
      return 'readable';
    case 'in-progress':
      return 'in-progress';
    case 'not-requested':
    case 'not-archived':
      return (await canReadOneByte(store, ref, options)) ? 'readable' : 'untold';
  }
}

async function canReadOneByte(
  store: ObjectStore,
  { bucket, key, versionId }: ObjectRef,
  options: CallOptions,
): Promise<boolean> {
  try {
    const opened = await store.getObject(
      { Bucket: bucket, Key: key, VersionId: versionId, Range: 'bytes=0-0' },
      options,
    );
    opened.discard();
    return true;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // An empty object has no first byte.
    if (error.httpStatus === 416) return true;
    if (error.code === 'InvalidObjectState') return false;
    throw error;
  }
}
