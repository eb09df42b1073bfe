/** Archived objects of the in-memory store: when they can be read, and what a restore answers. */
import type { MemoryObject } from './bucket';
import { malformedXml, refusal } from './refusals';

const ARCHIVE_CLASSES = ['GLACIER', 'DEEP_ARCHIVE'];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Hours a retrieval takes, as AWS states them ("Archive retrieval options"). */
const RESTORE_HOURS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  GLACIER: { Standard: 5, Bulk: 12 },
  DEEP_ARCHIVE: { Standard: 12, Bulk: 48 },
};

export function isReadable(object: MemoryObject, now: Date): boolean {
  return !ARCHIVE_CLASSES.includes(object.storageClass) || restoreHeader(object, now)?.includes('"false"') === true;
}

/** The `x-amz-restore` header at `now`: none before a request, and none after the expiry. */
export function restoreHeader(object: MemoryObject, now: Date): string | undefined {
  const { restore } = object;
  if (restore === undefined || now.getTime() >= restore.expiresAt) return undefined;
  if (now.getTime() < restore.readyAt) return 'ongoing-request="true"';
  return `ongoing-request="false", expiry-date="${new Date(restore.expiresAt).toUTCString()}"`;
}

/** RestoreObject as AWS documents it: 202 accepted, 200 stay extended, 409 under way. Returns the status. */
export function requestRestore(object: MemoryObject, days: number | undefined, tier: string, now: Date): number {
  if (!ARCHIVE_CLASSES.includes(object.storageClass)) {
    throw refusal('InvalidObjectState', 403, "Restore is not allowed for the object's current storage class");
  }
  if (days === undefined || days < 1) throw malformedXml();
  const header = restoreHeader(object, now);
  if (header?.includes('"true"')) {
    const faster = object.restore?.tier === 'Bulk' && tier === 'Standard';
    if (!faster || object.restore?.days !== days) {
      throw refusal('RestoreAlreadyInProgress', 409, 'Object restore is already in progress');
    }
  }
  const restored = header?.includes('"false"') ?? false;
  const hours = RESTORE_HOURS[object.storageClass]?.[tier] ?? 0;
  const readyAt = restored ? now.getTime() : now.getTime() + hours * HOUR_MS;
  object.restore = { tier, days, readyAt, expiresAt: readyAt + days * DAY_MS };
  return restored ? 200 : 202;
}
