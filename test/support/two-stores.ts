/** Two in-memory stores, and S3PutObjectCopy from the one to the other. */
import type { TaskOutcome } from '../../contracts/engine/outcome';
import type { JsonObject } from '../../contracts/job';
import { parseOperation } from '../../operations';
import { ByteBudget } from '../../storage/byte-budget';
import type { Transfer } from '../../storage/object-store';
import { memoryRoleStores, MemoryStore } from './memory-store/store';

/** The smallest that S3 takes. */
export const PART = 5 * 1024 * 1024;

export const COPIED: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'Successful' };

/** Objects of more than two parts go in parts; memory holds three. */
export class TwoStores {
  readonly here = new MemoryStore({ buckets: ['source'] });
  readonly there: MemoryStore;
  readonly memory = new ByteBudget(3 * PART);

  constructor(options: { readonly verifies?: boolean } = {}) {
    this.there = new MemoryStore(options);
    this.there.createBucket('target', { objectLock: true });
  }

  copy(
    given: JsonObject = {},
    {
      key = 'k',
      versionId,
      signal = new AbortController().signal,
      transfer = {},
    }: {
      readonly key?: string;
      readonly versionId?: string;
      readonly signal?: AbortSignal;
      readonly transfer?: Partial<Transfer>;
    } = {},
  ): Promise<TaskOutcome> {
    const operation = parseOperation({
      S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target', ...given },
    });
    const stores = memoryRoleStores(this.here, {
      elsewhere: { store: this.there, buckets: ['target'] },
      transfer: { multipartAboveBytes: 2 * PART, multipartPartBytes: PART, memory: this.memory, ...transfer },
    });
    const task = { bucket: 'source', key, manifestKey: key, row: 0, ...(versionId && { versionId }) };
    return operation.bind({ jobId: 'job', ...stores })(task, signal);
  }

  methods(store: MemoryStore): string[] {
    return store.calls.map(({ method }) => method);
  }

  input(store: MemoryStore, method: string): Record<string, unknown> {
    return store.calls.find((call) => call.method === method)?.input as Record<string, unknown>;
  }
}
