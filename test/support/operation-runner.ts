/** An operation on an in-memory store, without a job around it. */
import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import type { JsonObject } from '../../contracts/job';
import { parseOperation } from '../../operations';
import type { BoundOperation, OperationContext, PerformGroup } from '../../operations/operation';
import type { ObjectStore } from '../../storage/object-store';
import { memoryRoleStores } from './memory-store/store';

export const DONE: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'Successful' };

/** A row of bucket `b`, unless told otherwise. */
export function row(key: string, versionId?: string, bucket = 'b'): Task {
  const task = { bucket, key, manifestKey: encodeURIComponent(key), row: 0 };
  return versionId === undefined ? task : { ...task, versionId };
}

export class OperationRunner {
  private readonly operation: BoundOperation;
  private readonly context: OperationContext;
  private readonly signal = new AbortController().signal;

  constructor(
    store: ObjectStore,
    private readonly name: string,
    given: JsonObject,
    roles: Parameters<typeof memoryRoleStores>[1] = {},
  ) {
    this.operation = parseOperation({ [name]: given });
    this.context = { jobId: 'job', ...memoryRoleStores(store, roles) };
  }

  perform(task: Task): Promise<TaskOutcome> {
    return this.operation.bind(this.context)(task, this.signal);
  }

  bindGroup(): PerformGroup {
    const group = this.operation.bindGroup?.(this.context);
    if (group === undefined) throw new Error(`${this.name} makes no group of these parameters`);
    return group;
  }

  performGroup(tasks: readonly Task[]): Promise<readonly TaskOutcome[]> {
    return this.bindGroup().perform(tasks, this.signal);
  }

  async isInDesiredState(task: Task): Promise<boolean> {
    const isInDesiredState = this.operation.bindDesiredState?.(this.context);
    if (isInDesiredState === undefined) throw new Error(`${this.name} has no desired state`);
    return isInDesiredState(task, this.signal);
  }

  async precheck(bucket: string): Promise<void> {
    await this.operation.precheck?.(bucket, this.context);
  }
}
