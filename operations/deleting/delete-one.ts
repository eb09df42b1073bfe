import { BACKOFF, exponentialMs } from '../../contracts/engine/backoff';
import { SUCCESSFUL, type TaskOutcome } from '../../contracts/engine/outcome';
import { LIMITS } from '../../contracts/limits';
import { sleep } from '../../storage/http/abort';
import type { ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { failedBy } from '../common/failed-by';
import { isAnswerLost, unknownOutcome } from '../common/send';

/** An object, or a version of it. */
export interface Deletion {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

export interface DeleteOptions {
  readonly bypassGovernance: boolean;
  readonly signal: AbortSignal;
}

/** How often an answer may be lost. A request that names versions only has been repeated already when it counts as lost. */
export function lossesMax(at: readonly { readonly versionId?: string | undefined }[]): number {
  return at.every(({ versionId }) => versionId !== undefined) ? 2 : LIMITS.request.attemptsMax;
}

/**
 * One DeleteObject. The object itself tells of a lost answer, and of an error that may have come after the effect: when it is
 * gone, nothing is sent again, so that a bucket with versioning gets no second delete marker.
 */
export async function deleteOne(store: ObjectStore, at: Deletion, options: DeleteOptions): Promise<TaskOutcome> {
  for (let losses = 1; ; losses += 1) {
    options.signal.throwIfAborted();
    try {
      await requestDelete(store, at, options);
      return SUCCESSFUL;
    } catch (error) {
      const isLost = isAnswerLost(error);
      if (!isLost && !isUnclear(error)) return failedBy(error);
      const found = await lookFor(store, at, options.signal);
      if (found === 'gone') return SUCCESSFUL;
      if (!isLost) return failedBy(error);
      if (found === 'down') throw error;
      if (losses >= lossesMax([at])) return unknownOutcome(error);
    }
    await pauseAfterLoss(losses, options.signal);
  }
}

function isUnclear(error: unknown): boolean {
  return error instanceof StoreError && error.isUnclear;
}

/** Before a request is sent again whose answer was lost for the so many-th time. */
export function pauseAfterLoss(losses: number, signal: AbortSignal): Promise<void> {
  return sleep(exponentialMs(losses, BACKOFF.request), signal);
}

/** For what another request may have deleted already. */
export async function deleteUnlessGone(store: ObjectStore, at: Deletion, options: DeleteOptions): Promise<TaskOutcome> {
  // To ask for a version again changes nothing.
  const found = at.versionId === undefined ? await lookFor(store, at, options.signal) : 'unknown';
  return found === 'gone' ? SUCCESSFUL : deleteOne(store, at, options);
}

/** `unknown`: it is there, or the store does not tell. A delete marker on top of it counts as gone. */
export async function lookFor(
  store: ObjectStore,
  at: Deletion,
  signal: AbortSignal,
): Promise<'gone' | 'unknown' | 'down'> {
  try {
    await store.headObject(at, { signal });
    return 'unknown';
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.storeDown) return 'down';
    return error.httpStatus === 404 && error.code !== 'NoSuchBucket' ? 'gone' : 'unknown';
  }
}

/** Resolves when the object is gone. S3 answers 204 for what is not there; stores that say so mean the same. */
export async function requestDelete(store: ObjectStore, at: Deletion, options: DeleteOptions): Promise<void> {
  const { bucket, key, versionId } = at;
  const bypass = options.bypassGovernance ? { BypassGovernanceRetention: true } : {};
  const input = { Bucket: bucket, Key: key, VersionId: versionId, ...bypass };
  try {
    await store.deleteObject(input, { signal: options.signal });
  } catch (error) {
    if (!(error instanceof StoreError) || !isGoneCode(error.code)) throw error;
  }
}

export function isGoneCode(code: string): boolean {
  return code === 'NoSuchKey' || code === 'NoSuchVersion';
}
