import { LIMITS } from '../../contracts/limits';
import type { ManifestForm } from '../segments/segment-table';
import { hashesIn, HashTable, slotsFor, TableFull } from './hash-table';
import { rowBlocks } from './row-blocks';
import type { RowHash } from './row-hash';
import { identitiesOf } from './row-identity';
import { RowSet } from './row-set';
import { SeenRows } from './seen-rows';

export interface DuplicateSearch {
  readonly form: ManifestForm;
  /** How many rows there are. */
  readonly rows: number;
  /** The rows from the first to the last, in pieces of whole rows; called once for each pass. */
  readonly read: () => AsyncIterable<Buffer>;
  readonly hash: RowHash;
  readonly signal: AbortSignal;
  /** Bounds of memory, absent: `LIMITS`. */
  readonly tableBytes?: number;
  readonly textBytes?: number;
}

/** A row that names what a former one has named. Numbers from 0. */
export interface Duplicate {
  readonly row: number;
  readonly firstRow: number;
}

export interface Duplicates {
  /** All rows but the first of each object. */
  readonly rows: RowSet;
  /** Some of them, the first ones, in order. */
  readonly first: readonly Duplicate[];
}

/**
 * The rows whose bucket, key and version id a row before them has. Hashes only tell which rows are to be compared: what counts is
 * the text, so that rows whose hashes are the same by chance are never taken for one.
 *
 * Memory is bounded however many rows there are, but for one bit for each row. What does not fit is looked at in several passes over
 * all rows: the hashes by their remainder, then the texts of those that repeat.
 */
export async function findDuplicates(search: DuplicateSearch): Promise<Duplicates> {
  const slots = slotsFor(search.rows, search.tableBytes ?? LIMITS.duplicates.tableBytes);
  for (let passes = Math.max(1, Math.ceil(search.rows / hashesIn(slots))); ; passes *= 2) {
    try {
      return await new Finder(search, slots, passes).find();
    } catch (error) {
      // The hashes were spread unevenly: more passes have fewer each.
      if (!(error instanceof TableFull)) throw error;
    }
  }
}

/** Takes the hash of a row, and the row. */
type OnRow = (high: number, low: number, bytes: Buffer, start: number, end: number, row: number) => void;

class Finder {
  private readonly rows = new RowSet();
  private first: Duplicate[] = [];
  private readonly table: HashTable;

  constructor(
    private readonly search: DuplicateSearch,
    slots: number,
    private readonly passes: number,
  ) {
    this.table = new HashTable(slots);
  }

  async find(): Promise<Duplicates> {
    for (let pass = 0; pass < this.passes; pass++) await this.pass(pass);
    return { rows: this.rows, first: this.first };
  }

  private async pass(pass: number): Promise<void> {
    const { table, passes } = this;
    const repeatedBytes = await this.addHashes(pass);
    if (repeatedBytes === 0) return;
    const shares = Math.ceil(repeatedBytes / (this.search.textBytes ?? LIMITS.duplicates.textBytes));
    for (let share = 0; share < shares; share++) {
      const seen = new SeenRows();
      await this.eachRow((high, low, bytes, start, end, row) => {
        if (shareOf(low, high, passes) !== pass || shareOf(high, low, shares) !== share) return;
        if (!table.isRepeated(high, low)) return;
        const firstRow = seen.firstOf(bytes, start, end, high ^ low, row);
        if (firstRow !== undefined) this.found({ row, firstRow });
      });
    }
  }

  /** The bytes of all rows that are to be compared, each text once. */
  private async addHashes(pass: number): Promise<number> {
    const { table, passes } = this;
    if (pass > 0) table.clear();
    let bytes = 0;
    await this.eachRow((high, low, _text, start, end) => {
      if (shareOf(low, high, passes) === pass && table.add(high, low) === 'again') bytes += end - start;
    });
    return bytes;
  }

  private async eachRow(onRow: OnRow): Promise<void> {
    const { form, read, hash, signal } = this.search;
    const identities = identitiesOf(form);
    const hashed = new Uint32Array(2);
    for await (const block of rowBlocks(read(), signal)) {
      const { bytes, ends, count } = identities(block);
      let start = 0;
      for (let index = 0; index < count; index++) {
        const end = ends[index]!;
        hash(bytes, start, end, hashed);
        onRow(hashed[0]!, hashed[1]!, bytes, start, end, block.firstRow + index);
        start = end;
      }
    }
  }

  private found(duplicate: Duplicate): void {
    this.rows.add(duplicate.row);
    const last = this.first.at(-1);
    if (this.first.length >= LIMITS.duplicates.named && last !== undefined && last.row < duplicate.row) return;
    this.first = [...this.first, duplicate].sort((a, b) => a.row - b.row).slice(0, LIMITS.duplicates.named);
  }
}

/** One of `shares`, by both halves of a hash. */
function shareOf(a: number, b: number, shares: number): number {
  return shares === 1 ? 0 : ((Math.imul(a, 0x9e3779b1) ^ (b >>> 7)) >>> 0) % shares;
}
