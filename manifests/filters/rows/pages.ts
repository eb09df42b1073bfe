import type { JobFilter } from '../../../contracts/source';
import { openSelect, type Selection, type SelectOptions } from '../../select';
import { hasNone, type ToldRow } from '../common/told';
import type { RowMember } from '../definition';
import { bindFilter } from '../index';

/** What a filter says of a row of a page. */
export const FAILS = 0;
export const PASSES = 1;
/** Ask the store for the members that the row lacks of `needs`, and give the row again as `mergeTold` makes it. */
export const UNKNOWN = 2;

/** A whole filter, `Select` included. */
export interface PageFilter {
  readonly needs: readonly RowMember[];
  /**
   * A byte for each row: FAILS, PASSES or UNKNOWN. A member that fails decides, whatever is unknown of the others.
   *
   * @throws DroverError as `Selection.pass` does.
   */
  pass(rows: readonly ToldRow[], signal: AbortSignal): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * All members of a filter, prepared once for all pages. `close` it: `Select` has a process.
 *
 * @throws DroverError BadRequestException that names the member and what is wrong with it.
 */
export async function openFilter(filter: JobFilter, options: SelectOptions): Promise<PageFilter> {
  const { passes, needs } = bindFilter(filter, options.nowMs);
  const selection = filter.Select === undefined ? undefined : await openSelect(filter.Select, options);
  return {
    needs: [...new Set([...needs, ...(selection?.needs ?? [])])],
    pass: async (rows, signal) => {
      signal.throwIfAborted();
      const verdicts = Uint8Array.from(rows, (row) => byteOf(passes(row)));
      if (selection !== undefined) await select(selection, rows, verdicts, signal);
      return verdicts;
    },
    close: () => selection?.close() ?? Promise.resolve(),
  };
}

function byteOf(verdict: boolean | 'unknown'): number {
  if (verdict === 'unknown') return UNKNOWN;
  return verdict ? PASSES : FAILS;
}

/** Only rows that the other members leave are sent, and only those that tell all that the expression needs. */
async function select(selection: Selection, rows: readonly ToldRow[], verdicts: Uint8Array, signal: AbortSignal) {
  const sent: number[] = [];
  for (const [at, row] of rows.entries()) {
    if (verdicts[at] === FAILS) continue;
    if (selection.needs.every((member) => row[member] !== undefined || hasNone(row, member))) sent.push(at);
    else verdicts[at] = UNKNOWN;
  }
  const selected = await selection.pass(sent.length === rows.length ? rows : sent.map((at) => rows[at]!), signal);
  for (const [index, at] of sent.entries()) if (selected[index] !== PASSES) verdicts[at] = FAILS;
}
