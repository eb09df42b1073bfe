import type { ObjectHead } from '../../storage/object-store';

export type RestoreState = 'restored' | 'in-progress' | 'not-requested' | 'not-archived';

/** Classes whose objects can't be read without a restore (API_RestoreObject). GLACIER_IR reads at once. */
const ARCHIVE_CLASSES: readonly string[] = ['GLACIER', 'DEEP_ARCHIVE'];

const ONGOING = /\bongoing-request\s*=\s*"(true|false)"/i;

/**
 * How far the restore of an object is, from the `x-amz-restore` header (API_HeadObject):
 * `ongoing-request="true"` while it runs, `ongoing-request="false", expiry-date="…"` while the copy can be read, absent
 * before the request and after the expiry.
 *
 * An object of INTELLIGENT_TIERING loses the header once it is back in its frequent tier: `not-archived`, readable.
 */
export function restoreState(head: Pick<ObjectHead, 'restore' | 'storageClass'>): RestoreState {
  const ongoing = ONGOING.exec(head.restore ?? '')?.[1]?.toLowerCase();
  if (ongoing === 'true') return 'in-progress';
  if (ongoing === 'false') return 'restored';
  return ARCHIVE_CLASSES.includes(head.storageClass ?? '') ? 'not-requested' : 'not-archived';
}
