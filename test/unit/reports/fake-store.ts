import type { ObjectRef, ObjectStore, PutOptions } from '../../../storage/object-store';

/** The one call of a store that reports make; everything put is in `objects`, by `bucket/key`. */
export class FakeStore {
  readonly objects = new Map<string, Buffer>();
  readonly contentTypes = new Set<string | undefined>();
  /** Thrown by the next put. */
  failure: Error | undefined;

  asStore(): ObjectStore {
    return this as unknown as ObjectStore;
  }

  async put(ref: ObjectRef, body: Uint8Array | string, options?: PutOptions): Promise<{ etag: string }> {
    options?.signal?.throwIfAborted();
    if (this.failure) throw this.failure;
    this.objects.set(`${ref.bucket}/${ref.key}`, Buffer.from(body as string));
    this.contentTypes.add(options?.contentType);
    return { etag: 'etag' };
  }
}
