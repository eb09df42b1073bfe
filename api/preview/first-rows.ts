import type { SourceRow } from '../../manifests';

/**
 * The first rows of a part whose strands come side by side. It holds twice as many rows as are wanted at most: a row that stands
 * behind enough others can only move further back.
 */
export class FirstRows {
  private readonly strands = new Map<number, SourceRow[]>();
  private held = 0;

  constructor(private readonly wanted: number) {}

  /** `order` gives the strands so far, in the order of their rows. */
  add(strand: number, rows: readonly SourceRow[], order: () => readonly number[]): void {
    if (this.wanted === 0) return;
    const own = this.strands.get(strand) ?? [];
    this.strands.set(strand, own);
    // More than are wanted of one strand are never shown.
    const room = this.wanted - own.length;
    if (room <= 0) return;
    const taken = rows.slice(0, room);
    own.push(...taken);
    this.held += taken.length;
    if (this.held > 2 * this.wanted) this.keep(order());
  }

  take(order: readonly number[]): SourceRow[] {
    return order.flatMap((strand) => this.strands.get(strand) ?? []).slice(0, this.wanted);
  }

  private keep(order: readonly number[]): void {
    let left = this.wanted;
    for (const strand of order) {
      const rows = this.strands.get(strand);
      if (rows === undefined) continue;
      rows.length = Math.min(rows.length, left);
      left -= rows.length;
    }
    this.held = this.wanted - left;
  }
}
