import type { Task } from '../../contracts/engine/outcome';
import type { Tag } from '../../contracts/job';
import type { ObjectProperties } from '../../storage/object-store';
import type { OperationContext } from '../operation';

type LookContext = Pick<OperationContext, 'storeFor'>;

/** What a condition is told of one object. Each read is sent once, however often it is asked for. */
export class Look {
  private head: Promise<ObjectProperties> | undefined;
  private tagging: Promise<readonly Tag[]> | undefined;

  constructor(
    readonly task: Task,
    private readonly context: LookContext,
    private readonly signal: AbortSignal,
  ) {}

  /** Rejects with what the store says, or `DroverError` when the role may not read the bucket. */
  properties(): Promise<ObjectProperties> {
    this.head ??= this.readProperties().catch((error: unknown) => {
      // So that it can be asked again.
      this.head = undefined;
      throw error;
    });
    return this.head;
  }

  tags(): Promise<readonly Tag[]> {
    this.tagging ??= this.readTags().catch((error: unknown) => {
      this.tagging = undefined;
      throw error;
    });
    return this.tagging;
  }

  private async readProperties(): Promise<ObjectProperties> {
    const { bucket, key, versionId } = this.task;
    const input = { Bucket: bucket, Key: key, VersionId: versionId };
    return this.context.storeFor(bucket, 'read').describeObject(input, { signal: this.signal });
  }

  private async readTags(): Promise<readonly Tag[]> {
    const { bucket, key, versionId } = this.task;
    // No tags, says an answer that is there already: but stores that don't count them say nothing.
    if ((await this.head)?.tagCount === 0) return [];
    const input = { Bucket: bucket, Key: key, VersionId: versionId };
    return (await this.context.storeFor(bucket, 'read').getObjectTagging(input, { signal: this.signal })).tags;
  }
}

/** The looks of one task, by the object they are at. Good until something is done to an object. */
export class Looks {
  private readonly looks = new Map<Task, Look>();

  constructor(
    private readonly context: LookContext,
    private readonly signal: AbortSignal,
  ) {}

  of(task: Task): Look {
    let look = this.looks.get(task);
    if (look === undefined) this.looks.set(task, (look = new Look(task, this.context, this.signal)));
    return look;
  }

  forget(): void {
    this.looks.clear();
  }
}
