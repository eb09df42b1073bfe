import { defined } from '../contracts/defined';
import { sourceOf } from './copy-source';
import type { CallOptions, CopyObjectInput, HeadObjectInput, ObjectStore } from './object-store';
import type { BytePace, RequestOwner } from './request-owner';
import { StoreError } from './store-error';

/** What a read counts before its bytes come. It has them paid then, and waits only for what comes after. */
const FIRST_BYTES = 64 * 1024;

type Signal = AbortSignal | undefined;
/** Holds the bytes of objects that a store reads or copies to the limit of their owner, if it has one. */
export class OwnedBytes {
  private readonly pace: BytePace | undefined;

  constructor(owner: RequestOwner | undefined) {
    this.pace = owner?.bytes;
  }

  /** To be waited for before a read, so that few are open at a time. */
  async beforeRead(signal: Signal): Promise<void> {
    await this.pace?.pass(signal, FIRST_BYTES);
  }

  /** The same bytes, no faster than allowed. While it waits, the store is not read from. */
  ofRead(body: AsyncIterable<Uint8Array>, signal: Signal): AsyncIterable<Uint8Array> {
    return this.pace === undefined ? body : paced(body, this.pace, signal);
  }

  /**
   * To be waited for before a copy by the store, which does not tell how much it copies: the source is asked for. Undefined: each copy of a
   * job without a limit would pay for the wait.
   */
  beforeCopy(
    input: CopyObjectInput,
    store: Pick<ObjectStore, 'describeObject'>,
    options: CallOptions | undefined,
  ): Promise<void> | undefined {
    return this.pace && this.passCopy(this.pace, input, store, options);
  }

  private async passCopy(
    pace: BytePace,
    input: CopyObjectInput,
    store: Pick<ObjectStore, 'describeObject'>,
    options: CallOptions | undefined,
  ): Promise<void> {
    try {
      const { contentLength = 0 } = await store.describeObject(sourceInput(input), options);
      await pace.pass(options?.signal, contentLength);
    } catch (error) {
      // The copy itself tells what is wrong with its source.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /** As `beforeCopy`, for a part. */
  async beforePart(range: string | undefined, signal: Signal): Promise<void> {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
    if (first !== undefined && last !== undefined) await this.pace?.pass(signal, Number(last) - Number(first) + 1);
  }
}

async function* paced(body: AsyncIterable<Uint8Array>, pace: BytePace, signal: Signal): AsyncGenerator<Uint8Array> {
  let paid = FIRST_BYTES;
  for await (const piece of body) {
    const due = Math.max(0, piece.byteLength - paid);
    paid -= piece.byteLength - due;
    if (due > 0) await pace.pass(signal, due);
    yield piece;
  }
}

function sourceInput(input: CopyObjectInput): HeadObjectInput {
  const { bucket, key, versionId } = sourceOf(input.CopySource ?? '');
  return {
    Bucket: bucket,
    Key: key,
    ...defined({
      VersionId: versionId,
      RequestPayer: input.RequestPayer,
      SSECustomerAlgorithm: input.CopySourceSSECustomerAlgorithm,
      SSECustomerKey: input.CopySourceSSECustomerKey,
      SSECustomerKeyMD5: input.CopySourceSSECustomerKeyMD5,
    }),
  };
}
