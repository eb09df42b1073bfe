import type { JsonObject } from '../../../contracts/job';
import type { TaskNotes } from '../../../operations/operation';

/** Notes of one run, and of those before it. */
export class MemoryTaskNotes implements TaskNotes {
  readonly written: { readonly row: number; readonly note: JsonObject }[] = [];

  constructor(private readonly former: readonly MemoryTaskNotes[] = []) {}

  /** Those of the next run, after this one has been cut off. */
  again(): MemoryTaskNotes {
    return new MemoryTaskNotes([...this.former, this]);
  }

  get count(): number {
    return this.former.reduce((sum, { written }) => sum + written.length, this.written.length);
  }

  find(row: number): Promise<readonly JsonObject[]> {
    const all = this.former.flatMap(({ written }) => written);
    return Promise.resolve(all.filter((one) => one.row === row).map(({ note }) => note));
  }

  write(row: number, note: JsonObject): Promise<void> {
    this.written.push({ row, note: JSON.parse(JSON.stringify(note)) as JsonObject });
    return Promise.resolve();
  }
}
