import { SUCCESSFUL, type Task, type TaskOutcome } from '../../contracts/engine/outcome';
import { LIMITS } from '../../contracts/limits';
import type { ObjectProperties, ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { failedBy } from '../common/failed-by';
import { isAnswerLost, unknownOutcome } from '../common/send';
import { mayBeWrittenByJob } from '../common/written-since';
import { type CopiedObject, copyAnySize } from '../copying/copy-any-size';
import type { CopyParameters } from '../copying/copy-parameters';
import { pauseAfterLoss } from '../deleting/delete-one';
import type { OperationContext } from '../operation';
import { differencesFromSource } from '../verifying/equal-objects';
import { find, isGone, lookAt, named } from '../verifying/look-at';
import { tagDifferences, tagsOf } from '../verifying/properties';
import { haveSameContent, type Side } from '../verifying/same-content';
import { isSameState, mayBeOneObject, shownRef } from './target-checks';

/** One object on its way. */
export interface Move {
  readonly given: CopyParameters;
  readonly context: OperationContext;
  readonly task: Task;
  readonly source: ObjectStore;
  readonly target: ObjectStore;
  readonly to: ObjectRef;
  /** A target that exists is overwritten. */
  readonly overwrites: boolean;
  /** No other key of the source's bucket has this target. */
  readonly ownTarget: boolean;
}

/**
 * OVERWRITE replaces what lay there before the job. Shorter than the other, for what is younger than that is refused: clocks
 * that are kept by NTP differ by less, and S3 tells times in whole seconds.
 */
const OVERWRITE_SKEW_MS = 10_000;

const MOVED_BEFORE: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'Successful: moved before' };

/**
 * Copies, verifies, deletes. Anything that is refused, found to be different or not certain ends in a row, and the source stays.
 * Rejects with `StoreError` for the row, and with what is not about the object.
 */
export async function move(moving: Move, signal: AbortSignal): Promise<TaskOutcome> {
  const { source, task } = moving;
  let from: ObjectProperties;
  try {
    from = await lookAt(source, task, signal);
  } catch (error) {
    if (isGone(error)) return afterTheSource(moving, error, signal);
    throw error;
  }
  const { row, copy: made } = await ensureCopy(moving, from, signal);
  if (row) return row;
  // Without the source, only a note will tell that it was moved.
  if (!isOwnWork(moving, made)) await moving.context.notes.write(task.row, { copied: shownRef(moving.to) });
  return removeSource(moving, from, signal);
}

/** The source is not there: because a former run, or one that still runs, has moved it, or because it never was. */
async function afterTheSource(moving: Move, gone: StoreError, signal: AbortSignal): Promise<TaskOutcome> {
  const { target, to, context, task } = moving;
  const there = await find(target, to, signal);
  if (there !== undefined && isOwnWork(moving, there)) return MOVED_BEFORE;
  const isMoved = (await context.notes.find(task.row, { anew: true })).length > 0;
  if (!isMoved) throw gone;
  if (there !== undefined) return MOVED_BEFORE;
  const text = `${gone.message} (it was moved to ${shownRef(to)} before, which is not there any more)`;
  throw new StoreError(gone.code, gone.httpStatus, text);
}

/** The target alone tells that the job has moved the object: it was written since, and no other object goes there. */
function isOwnWork({ ownTarget, context }: Move, there: ObjectProperties): boolean {
  return ownTarget && mayBeWrittenByJob(there, context);
}

/** Either there is a verified copy, or a row that says why there is none. */
type Copied =
  { readonly row: TaskOutcome; readonly copy?: never } | { readonly row?: never; readonly copy: ObjectProperties };

/** A condition that did not hold; two writes at a time (ConditionalRequestConflict), which the store asks to repeat. */
const CONFLICT_STATUS: readonly number[] = [412, 409];

async function ensureCopy(moving: Move, from: ObjectProperties, signal: AbortSignal): Promise<Copied> {
  const before = await findEqual(moving, from, signal);
  if (before) return { copy: before };
  for (let losses = 0; ; losses += 1) {
    let made: CopiedObject;
    try {
      made = await copy(moving, from, signal);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (isGone(error)) {
        // A store may show an object that it can't copy, as SeaweedFS does with folders: that has not been moved.
        if ((await find(moving.source, moving.task, signal)) !== undefined) throw error;
        return { row: await afterTheSource(moving, error, signal) };
      }
      const { httpStatus } = error;
      const lost = isAnswerLost(error);
      if (!lost && !CONFLICT_STATUS.includes(httpStatus)) throw error;
      // Ours without an answer, or one that came first.
      const there = await findEqual(moving, from, signal);
      if (there) return { copy: there };
      if (losses > 0 && lost) return { row: unknownOutcome(error) };
      if (losses > 0 || httpStatus === 412) throw error;
      continue;
    }
    return { copy: await verify(moving, from, made, signal) };
  }
}

function copy(
  { given, context, task, to, overwrites }: Move,
  source: ObjectProperties,
  signal: AbortSignal,
): Promise<CopiedObject> {
  const { bucket, key } = to;
  const condition = overwrites ? {} : { ifNoneMatch: '*' as const };
  return copyAnySize({ given, context, task, bucket, key, source, ...condition }, signal);
}

/**
 * The target, when it has all that the source has: it was copied before, or is the same anyway. Undefined when there is nothing,
 * or what may be overwritten. Throws 412 for anything else, also for what may have been moved there by the job itself: from
 * another bucket, or from another version.
 */
async function findEqual(
  moving: Move,
  from: ObjectProperties,
  signal: AbortSignal,
): Promise<ObjectProperties | undefined> {
  const { source, task, target, to, overwrites, context } = moving;
  const there = await find(target, to, signal);
  if (there === undefined) return undefined;
  if (mayBeOneObject(task, to)) {
    throw exists(to, 'and the store may take both keys for the same object');
  }
  // What the job has not written may have been made to look like the source.
  const proof = mayBeWrittenByJob(there, context) ? 'any' : 'cryptographic';
  const sides = [
    { store: source, ref: task, properties: from },
    { store: target, ref: to, properties: there },
  ] as const;
  const replaceable = overwrites && !mayBeWrittenByJob(there, context, OVERWRITE_SKEW_MS);
  const differences = await differencesFromSource(sides, { proof, mayRead: !replaceable }, signal);
  if (differences.length === 0) return there;
  if (replaceable) return undefined;
  const how = overwrites
    ? 'was written since the job was created or just before, perhaps by another row of it, and'
    : 'and';
  throw exists(to, `${how} is not equal to the source: ${differences.join('; ')}`);
}

function exists(to: ObjectRef, how: string): StoreError {
  return new StoreError('PreconditionFailed', 412, `The target exists (${shownRef(to)}), ${how}`);
}

/** The target as it is then. Throws when it does not have the bytes of the source. */
async function verify(
  { source, task, target, to }: Move,
  from: ObjectProperties,
  made: CopiedObject,
  signal: AbortSignal,
): Promise<ObjectProperties> {
  const there = await find(target, to, signal);
  if (there === undefined || isOtherVersion(made, there)) throw kept(replaced(), to);
  const sides = [
    { store: source, ref: task, properties: from },
    { store: target, ref: to, properties: there },
  ] as const;
  const throwKept = (error: unknown): never => {
    throw error instanceof StoreError && !error.storeDown ? kept(error, to) : error;
  };
  const equal = await haveSameContent(...sides, 'any', signal).catch(throwKept);
  if (!equal) throw kept(new StoreError('BadDigest', 400, 'The copy is not equal to the source'), to);
  const tags = await missingTags(...sides, signal).catch(throwKept);
  if (tags.length > 0) {
    const text = `The copy does not have the tags of the source: ${tags.join('; ')}`;
    throw kept(new StoreError('NotImplemented', 501, text), to);
  }
  // Reading both may have taken long.
  const now = await find(target, to, signal);
  if (now === undefined || !isSameState(now, there)) throw kept(replaced(), to);
  return now;
}

/** Asked only where the stores do not tell the same number of tags. */
async function missingTags(source: Side, target: Side, signal: AbortSignal): Promise<string[]> {
  const { tagCount = 0 } = source.properties;
  if (tagCount === (target.properties.tagCount ?? 0)) return [];
  const [wanted = [], given = []] = await Promise.all(
    [source, target].map(({ store, ref }) => tagsOf(store, ref, signal)),
  );
  return tagDifferences(given, wanted);
}

function isOtherVersion(made: CopiedObject, there: ObjectProperties): boolean {
  return made.versionId !== undefined && there.versionId !== undefined && made.versionId !== there.versionId;
}

function replaced(): StoreError {
  return new StoreError('OperationAborted', 409, 'The copy was replaced or removed by somebody else');
}

/** Only what was copied is deleted. */
async function removeSource(moving: Move, from: ObjectProperties, signal: AbortSignal): Promise<TaskOutcome> {
  const { source, task, to } = moving;
  let conditional = task.versionId === undefined && from.etag !== '';
  let losses = 0;
  let lost: StoreError | undefined;
  for (;;) {
    const now = await find(source, task, signal);
    if (now === undefined) return SUCCESSFUL;
    if (!isSameState(now, from)) {
      const text = 'The source changed while it was moved';
      throw kept(new StoreError('PreconditionFailed', 412, text), to);
    }
    if (lost && losses >= LIMITS.request.attemptsMax) return afterLoss(kept(lost, to));
    const condition = conditional ? { IfMatch: `"${from.etag}"` } : {};
    try {
      await source.deleteObject({ ...named(task), ...condition }, { signal });
      return SUCCESSFUL;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      const { httpStatus, answerLost, storeDown } = error;
      if (isGone(error)) return SUCCESSFUL;
      if (conditional && httpStatus === 501) {
        // A store that knows no conditions here: that it is still the same was just seen.
        conditional = false;
        continue;
      }
      if (!answerLost) {
        if (storeDown) throw error;
        // A store may fail after it has done it, and the client's next attempt finds the condition broken.
        if ((httpStatus >= 500 || httpStatus === 412) && (await find(source, task, signal)) === undefined) {
          return SUCCESSFUL;
        }
        throw kept(error, to);
      }
      losses += 1;
      lost = error;
      await pauseAfterLoss(losses, signal);
    }
  }
}

function afterLoss(error: StoreError): TaskOutcome {
  return isAnswerLost(error) ? unknownOutcome(error) : failedBy(error);
}

function kept(error: StoreError, to: ObjectRef): StoreError {
  const { code, httpStatus, message, answerLost, requestId } = error;
  const text = `${message} (the source was not deleted; its copy: ${shownRef(to)})`;
  return new StoreError(code, httpStatus, text, { answerLost, requestId, cause: error });
}
