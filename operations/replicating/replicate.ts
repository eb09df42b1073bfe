import { bucketArn } from '../../contracts/arn';
import { defined } from '../../contracts/defined';
import { SUCCESSFUL, type Task, type TaskOutcome } from '../../contracts/engine/outcome';
import type { ObjectProperties, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { send } from '../common/send';
import { copyAnySize } from '../copying/copy-any-size';
import type { CopyParameters } from '../copying/copy-parameters';
import type { OperationContext } from '../operation';
import { differencesFromSource } from '../verifying/equal-objects';
import { find } from '../verifying/look-at';
import { type Destination, isUnderKms } from './rules';

/** One object that is to be copied to where the rules of its bucket say. */
export interface Replication {
  readonly context: OperationContext;
  readonly task: Task;
  readonly store: ObjectStore;
  readonly source: ObjectProperties;
}

const REPLICATED_BEFORE: TaskOutcome = {
  status: 'succeeded',
  httpStatus: 200,
  message: 'Successful: replicated before',
};

/** Ends at the first destination that fails, with its row. */
export async function replicate(
  replication: Replication,
  destinations: readonly Destination[],
  signal: AbortSignal,
): Promise<TaskOutcome> {
  const { context } = replication;
  // All rights, and what can't be done, before anything is done.
  const targets = destinations.map((destination) => ({
    destination,
    given: copyGiven(destination, replication.source),
    store: context.storeFor(destination.bucket, 'write'),
  }));
  const done: string[] = [];
  let outcome = REPLICATED_BEFORE;
  for (const { destination, given, store } of targets) {
    const { bucket } = destination;
    const copied = await replicateTo(replication, bucket, store, given, signal);
    if (copied.status === 'failed') return destinations.length === 1 ? copied : withPlace(copied, bucket, done);
    if (copied !== REPLICATED_BEFORE) outcome = SUCCESSFUL;
    done.push(bucket);
  }
  return outcome;
}

async function replicateTo(
  { context, task, store, source }: Replication,
  bucket: string,
  target: ObjectStore,
  given: CopyParameters,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  const ref = { bucket, key: task.key };
  const there = await find(target, ref, signal);
  if (there !== undefined && classOf(there) === (given.StorageClass ?? classOf(source))) {
    const sides = [
      { store, ref: task, properties: source },
      { store: target, ref, properties: there },
    ] as const;
    const differences = await differencesFromSource(sides, { proof: 'any', mayRead: false }, signal);
    if (differences.length === 0) return REPLICATED_BEFORE;
  }
  const copy = { given, context, task, bucket, key: task.key, source };
  return send(() => copyAnySize(copy, signal), { store: () => target, ref }, signal);
}

function classOf({ storageClass }: ObjectProperties): string {
  return storageClass ?? 'STANDARD';
}

/** Throws `StoreError` 501 for what only a store can do for itself. */
function copyGiven({ bucket, rule }: Destination, source: ObjectProperties): CopyParameters {
  const { StorageClass, AccessControlTranslation, EncryptionConfiguration } = rule.Destination ?? {};
  if (AccessControlTranslation !== undefined) {
    throw notPossible(
      `The rule ${rule.ID ?? ''} makes the owner of ${bucket} the owner of the copies (AccessControlTranslation)`,
    );
  }
  if (source.serverSideEncryption === 'aws:kms:dsse') throw notPossible('The object is encrypted twice (aws:kms:dsse)');
  const keyId = isUnderKms(source) ? EncryptionConfiguration?.ReplicaKmsKeyID : undefined;
  return {
    TargetResource: bucketArn(bucket),
    ...defined({ StorageClass, SSEAwsKmsKeyId: keyId }),
    Preserve: ['AccessControlList', 'ObjectLock', ...(StorageClass === undefined ? (['StorageClass'] as const) : [])],
  };
}

function notPossible(what: string): StoreError {
  return new StoreError('NotImplemented', 501, `${what}, which a copy can't do`);
}

function withPlace(outcome: TaskOutcome & { status: 'failed' }, bucket: string, done: readonly string[]): TaskOutcome {
  const others = done.length === 0 ? 'none' : done.join(', ');
  return { ...outcome, message: `${outcome.message} (destination ${bucket}; replicated to before that: ${others})` };
}
