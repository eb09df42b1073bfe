import { LIMITS } from '../../contracts/limits';
import type { SealedManifest } from '../segments/seal';
import type { ManifestForm, Slice } from '../segments/segment-table';

export interface PackerParts {
  readonly form: ManifestForm;
  readonly batchRows: number;
  /** Puts an object into the workspace, and gives its key. */
  readonly putObject: (body: Buffer) => Promise<string>;
}

/** Rows, one after the other, as a manifest of full batches: objects of some megabytes, each of whole batches. */
export class SegmentPacker {
  private buffer = Buffer.allocUnsafe(LIMITS.source.segmentBytes + 1024 * 1024);
  private used = 0;
  private inBatch = 0;
  private rows = 0;
  /** Where the buffer begins in the whole. */
  private position = 0;
  private readonly objects: string[] = [];
  private readonly slices: Slice[] = [];
  private readonly offsets: number[] = [];

  constructor(private readonly parts: PackerParts) {}

  /** Rows of `bytes` from `first` on, up to `end`; `ends`: where each row ends. */
  async add(bytes: Buffer, ends: Uint32Array, first: number, end: number): Promise<void> {
    for (let from = first; from < end;) {
      if (this.inBatch === 0) await this.beginBatch();
      const to = Math.min(end, from + this.parts.batchRows - this.inBatch);
      this.copy(bytes.subarray(from === 0 ? 0 : ends[from - 1]!, ends[to - 1]));
      this.rows += to - from;
      this.inBatch = (this.inBatch + to - from) % this.parts.batchRows;
      from = to;
    }
  }

  async finish(): Promise<SealedManifest> {
    if (this.used > 0) await this.put();
    const { objects, slices, rows } = this;
    const offsets = Float64Array.from([...this.offsets, this.position]);
    return { table: { form: this.parts.form, objects, slices }, offsets, rows };
  }

  private async beginBatch(): Promise<void> {
    if (this.used >= LIMITS.source.segmentBytes) await this.put();
    this.offsets.push(this.position + this.used);
  }

  private copy(bytes: Buffer): void {
    const needed = this.used + bytes.length;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2));
      this.buffer.copy(larger, 0, 0, this.used);
      this.buffer = larger;
    }
    bytes.copy(this.buffer, this.used);
    this.used = needed;
  }

  private async put(): Promise<void> {
    const body = this.buffer.subarray(0, this.used);
    this.slices.push({ object: this.objects.length, offset: 0, bytes: body.length });
    this.objects.push(await this.parts.putObject(body));
    this.position += this.used;
    this.used = 0;
  }
}
