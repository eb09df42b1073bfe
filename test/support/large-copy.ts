/** One large object of an in-memory store, S3PutObjectCopy of it, and notes that outlive an attempt. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { defined } from '../../contracts/defined';
import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import { parseOperation } from '../../operations';
import { copyAnySize } from '../../operations/copying/copy-any-size';
import type { CopyParameters } from '../../operations/copying/copy-parameters';
import type { ObjectSeed } from './memory-store/bucket';
import { memoryRoleStores, MemoryStore } from './memory-store/store';
import { MemoryUploadNotes } from './memory-store/upload-notes';

const MIB = 1024 ** 2;
export const GIB = 1024 ** 3;
export const COPIED: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
/** The smallest that S3 takes. */
export const PART = 5 * MIB;
const BOUNDS = { copyObjectBytesMax: 2 * PART, partBytesMin: PART };
/** Five parts. */
export const BODY = randomBytes(4 * PART + 123);

export class LargeCopy {
  readonly notes = new MemoryUploadNotes();
  readonly store = new MemoryStore({ buckets: ['source', 'target'], now: new Date() });
  readonly context = { jobId: 'job', ...memoryRoleStores(this.store), uploads: this.notes };

  task(versionId?: string): Task {
    return { bucket: 'source', key: 'k', manifestKey: 'k', row: 7, ...defined({ versionId }) };
  }

  large(seed: ObjectSeed = {}) {
    return this.store.seed('source', 'k', 'beginning', { size: 20 * GIB, ...seed });
  }

  copy(given: object = {}, signal = new AbortController().signal): Promise<TaskOutcome> {
    const operation = parseOperation({
      S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target', ...given },
    });
    return operation.bind(this.context)(this.task(), signal);
  }

  /** Copies real bytes in five parts, without CopyObject before it. */
  async copyBytes(given: Partial<CopyParameters> = {}, signal = new AbortController().signal, bucket = 'target') {
    const input = { Bucket: 'source', Key: 'k', ChecksumMode: 'ENABLED' } as const;
    const source = await this.store.describeObject(input);
    const copy = {
      given: { TargetResource: '', ...given },
      context: this.context,
      task: this.task(),
      bucket,
      key: 'k',
    };
    return copyAnySize({ ...copy, source, bounds: BOUNDS }, signal);
  }

  methods(): string[] {
    return this.store.calls.map(({ method }) => method);
  }

  inputs(method: string): Record<string, unknown>[] {
    return this.store.calls.filter((call) => call.method === method).map(({ input }) => input as never);
  }

  /** Upload and note, each by their number: `[0, 0]` when nothing is left. */
  get left(): [uploads: number, notes: number] {
    return [this.store.unfinishedUploads().length, this.notes.notes.size];
  }

  /** Stops a copy when so many parts have been copied. */
  stopAfter(parts: number): { signal: AbortSignal; reason: Error } {
    const controller = new AbortController();
    const reason = new Error('stop');
    const copyPart = this.store.uploadPartCopy.bind(this.store);
    let copied = 0;
    const spy = jest.spyOn(this.store, 'uploadPartCopy').mockImplementation(async (input, options) => {
      // However slow the machine is, no later part is copied before the stop.
      if (Number(input.PartNumber) > parts && !controller.signal.aborted) await once(controller.signal, 'abort');
      options?.signal?.throwIfAborted();
      const stored = await copyPart(input);
      copied += 1;
      if (copied === parts) {
        controller.abort(reason);
        spy.mockRestore();
      }
      return stored;
    });
    return { signal: controller.signal, reason };
  }
}

export const occurrences = (list: readonly string[], wanted: string): number =>
  list.filter((each) => each === wanted).length;
