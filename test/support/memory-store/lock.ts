/** Object Lock of the in-memory store ("How S3 Object Lock works", S3 user guide). */
import { defined } from '../../../contracts/defined';
import type { ObjectRetention } from '../../../storage/object-store';
import type { MemoryObject } from './bucket';
import { malformedXml, refusal } from './refusals';

type EventHold = Pick<ObjectRetention, 'EventHold' | 'EventHoldDuration'>;
type Lock = Pick<MemoryObject, 'legalHold' | 'retention'>;

/** As a request to store an object gives it. */
export function lockOf(settings: Readonly<Record<string, unknown>>): Lock {
  const Mode = settings['ObjectLockMode'] as ObjectRetention['Mode'];
  const RetainUntilDate = settings['ObjectLockRetainUntilDate'] as Date | undefined;
  return {
    legalHold: settings['ObjectLockLegalHoldStatus'] as string | undefined,
    retention: { ...(Mode && { Mode }), ...(RetainUntilDate && { RetainUntilDate }), ...eventHoldOf(settings) },
  };
}

function eventHoldOf(settings: Readonly<Record<string, unknown>>): EventHold {
  const EventHold = settings['ObjectLockEventHold'] as ObjectRetention['EventHold'];
  const Days = settings['ObjectLockEventHoldDurationDays'] as number | undefined;
  const Years = settings['ObjectLockEventHoldDurationYears'] as number | undefined;
  const hasDuration = Days !== undefined || Years !== undefined;
  return { ...(EventHold && { EventHold }), ...(hasDuration && { EventHoldDuration: defined({ Days, Years }) }) };
}

export function checkLockable(objectLock: boolean): void {
  if (!objectLock) throw refusal('InvalidRequest', 400, 'Bucket is missing Object Lock Configuration');
}

export function checkBypass(bypass: boolean | undefined, objectLock: boolean): void {
  if (!bypass || objectLock) return;
  const header = 'x-amz-bypass-governance-retention';
  throw refusal('InvalidArgument', 400, `${header} is only applicable to Object Lock enabled buckets`);
}

/** Throws for a version that must not be deleted now. */
export function checkDeletable(lock: Lock, bypass: boolean, now: Date): void {
  if (lock.legalHold === 'ON') throw locked();
  if (!isRetained(lock, now)) return;
  if (lock.retention.Mode === 'COMPLIANCE' || !bypass) throw locked();
}

/** The retention that an object has afterwards; throws where the present one does not allow it. */
export function nextRetention(lock: Lock, wanted: ObjectRetention, bypass: boolean, now: Date): ObjectRetention {
  const { Mode, RetainUntilDate } = wanted;
  if ((Mode === undefined) !== (RetainUntilDate === undefined)) throw malformedXml();
  if (RetainUntilDate !== undefined && RetainUntilDate <= now) {
    throw refusal('InvalidArgument', 400, 'The retain until date must be in the future!');
  }
  if (isRetained(lock, now)) {
    const present = lock.retention.RetainUntilDate ?? now;
    const extended = RetainUntilDate !== undefined && RetainUntilDate >= present;
    const weaker = lock.retention.Mode === 'COMPLIANCE' && Mode !== 'COMPLIANCE';
    if (lock.retention.Mode === 'COMPLIANCE' ? weaker || !extended : !extended && !bypass) throw locked();
  }
  return { ...(Mode && { Mode }), ...(RetainUntilDate && { RetainUntilDate }), ...nextEventHold(lock, wanted) };
}

/** It stays until it is set otherwise; its duration goes with it. */
function nextEventHold({ retention }: Lock, wanted: ObjectRetention): EventHold {
  const { EventHold = retention.EventHold, EventHoldDuration = retention.EventHoldDuration } = wanted;
  return EventHold === 'ON' ? defined({ EventHold, EventHoldDuration }) : defined({ EventHold });
}

export function isLocked(lock: Lock, now: Date): boolean {
  return lock.legalHold === 'ON' || isRetained(lock, now);
}

function isRetained({ retention }: Lock, now: Date): boolean {
  return retention.RetainUntilDate !== undefined && retention.RetainUntilDate > now;
}

function locked(): Error {
  return refusal('AccessDenied', 403, 'Access Denied because object protected by object lock.');
}
