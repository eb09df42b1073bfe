import type { Task } from '../../contracts/engine/outcome';
import type { CallOptions, ObjectStore } from '../../storage/object-store';
import type { OperationContext, PerformTask } from '../operation';
import { send } from './send';

type StoreContext = Pick<OperationContext, 'storeFor'>;

/** Names the object of a task as S3's requests do. */
export interface ObjectAddress {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId: string | undefined;
}

export function addressOf({ bucket, key, versionId }: Task): ObjectAddress {
  return { Bucket: bucket, Key: key, VersionId: versionId };
}

/** Carries out a task with requests to the object's own bucket, which the role must be allowed to write. They may be repeated: see `send`. */
export function changeObject(
  context: StoreContext,
  request: (store: ObjectStore, at: ObjectAddress, options: { readonly signal: AbortSignal }) => Promise<unknown>,
): PerformTask {
  return (task, signal) => {
    const store = (): ObjectStore => context.storeFor(task.bucket, 'write');
    const options = { signal };
    return send(() => request(store(), addressOf(task), options), { store, ref: task }, signal);
  };
}

/** Answers a question about the object of a task, whose bucket the role must be allowed to read. */
export function askObject(
  context: StoreContext,
  question: (store: ObjectStore, at: ObjectAddress, options: CallOptions) => Promise<boolean>,
): (task: Task, signal: AbortSignal) => Promise<boolean> {
  return async (task, signal) => question(context.storeFor(task.bucket, 'read'), addressOf(task), { signal });
}
