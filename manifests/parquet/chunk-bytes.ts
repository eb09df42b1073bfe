import { LIMITS } from '../../contracts/limits';
import type { RandomAccess } from './open-parquet';

/** Carries what the source rejected with, as `cause`, past those who take errors for damage of the file. */
export class ReadFailure extends Error {}

/** One column of one row group, read from beginning to end in windows, the next of which is under way meanwhile. */
export class ChunkBytes {
  private held: Uint8Array = new Uint8Array(0);
  private readStart: number;
  private ahead: Promise<Uint8Array> | undefined;

  constructor(
    private readonly source: RandomAccess,
    start: number,
    private readonly end: number,
  ) {
    this.readStart = start;
    if (!(start >= 0 && start <= end && end <= source.sizeBytes)) {
      throw new RangeError(`the bytes ${start} to ${end} are not in the file`);
    }
  }

  /** Bytes that are yet to be taken. */
  get left(): number {
    return this.held.length + this.end - this.readStart;
  }

  /** At least `bytes` from here on, or all that are left; still to be taken. */
  async peek(bytes: number): Promise<Uint8Array> {
    const wanted = Math.min(bytes, this.left);
    if (this.held.length >= wanted) return this.held;
    const parts = [this.held];
    for (let length = this.held.length; length < wanted; length += parts.at(-1)!.length) parts.push(await this.next());
    this.held = Buffer.concat(parts);
    return this.held;
  }

  /** Throws `RangeError` when so many are not left. */
  async take(bytes: number): Promise<Uint8Array> {
    if (bytes > this.left) throw new RangeError('the column ends within a page');
    const held = await this.peek(bytes);
    this.held = held.subarray(bytes);
    return held.subarray(0, bytes);
  }

  private async next(): Promise<Uint8Array> {
    const window = await (this.ahead ?? this.read());
    if (window.length === 0) throw new RangeError('the column is cut off');
    this.readStart += window.length;
    this.ahead = this.readStart < this.end ? this.read() : undefined;
    // Told to the reader who comes for it, or to nobody when none does.
    this.ahead?.catch(() => undefined);
    return window;
  }

  private async read(): Promise<Uint8Array> {
    try {
      return await this.source.readRange(this.readStart, Math.min(this.end, this.readStart + LIMITS.parquet.readBytes));
    } catch (cause) {
      throw new ReadFailure('the source failed', { cause });
    }
  }
}
