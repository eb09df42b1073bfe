import type { JobFilter } from '../../../contracts/source';
import { inLanes } from '../../../storage/http/in-lanes';
import { StoreError } from '../../../storage/store-error';
import type { SourceRow } from '../../sources/row';
import type { SourceContext } from '../../sources/source';
import { askObject, notTold } from './ask-object';
import { FAILS, openFilter, type PageFilter, PASSES, UNKNOWN } from './pages';

/** Rows of a page whose objects are asked for at a time; the adaptive limit of a bucket may hold it lower. */
const ASKED_AT_A_TIME = 64;

export interface Passed {
  readonly rows: readonly SourceRow[];
  /** Objects that were asked for. */
  readonly asked: number;
}

export interface RowFilter {
  /** The rows that pass, in their order. Rejects with `DroverError`, and with `StoreError` while a store is out of reach. */
  passing(rows: readonly SourceRow[]): Promise<Passed>;
  close(): Promise<void>;
}

/** The filters of a job, one after the other: what does not pass the first is not asked for by the second. */
export async function openRowFilter(filters: readonly JobFilter[], context: SourceContext): Promise<RowFilter> {
  const opened: PageFilter[] = [];
  for (const filter of filters) opened.push(await openFilter(filter, { nowMs: context.nowMs }));
  const conditions = filters.flatMap(({ When }) => (When === undefined ? [] : [context.condition(When)]));
  return {
    async passing(given) {
      let passed: Passed = { rows: given, asked: 0 };
      for (const filter of opened) {
        const { rows, asked } = await passingOne(filter, passed.rows, context);
        passed = { rows, asked: passed.asked + asked };
      }
      for (const holds of conditions) {
        const { length: asked } = passed.rows;
        passed = { rows: await thoseFor(holds, passed.rows, context), asked: passed.asked + asked };
      }
      return passed;
    },
    async close() {
      await Promise.all(opened.map((filter) => filter.close()));
    },
  };
}

/** What a source does not tell of an object is asked of its store, where that decides. */
async function passingOne(filter: PageFilter, rows: readonly SourceRow[], context: SourceContext): Promise<Passed> {
  const verdicts = await filter.pass(rows, context.signal);
  const open = rows.flatMap((_, index) => (verdicts[index] === UNKNOWN ? [index] : []));
  if (open.length > 0) await decide(filter, rows, verdicts, open, context);
  return { rows: rows.filter((_, index) => verdicts[index] === PASSES), asked: open.length };
}

async function decide(
  filter: PageFilter,
  rows: readonly SourceRow[],
  verdicts: Uint8Array,
  open: readonly number[],
  context: SourceContext,
): Promise<void> {
  const needs = new Set(filter.needs);
  const told: { readonly row: SourceRow; readonly index: number }[] = [];
  await inLanes(open, ASKED_AT_A_TIME, context.signal, async (index) => {
    const row = await askObject(rows[index]!, needs, context);
    // Gone meanwhile: there is nothing to do.
    if (row === undefined) verdicts[index] = FAILS;
    else told.push({ row, index });
  });
  const decided = await filter.pass(
    told.map(({ row }) => row),
    context.signal,
  );
  for (const [at, { row, index }] of told.entries()) {
    if (decided[at] === UNKNOWN) throw notTold(row, needs);
    verdicts[index] = decided[at]!;
  }
}

/** The rows for whose objects the condition holds. */
async function thoseFor(
  holds: (row: SourceRow) => Promise<boolean>,
  rows: readonly SourceRow[],
  { signal }: SourceContext,
): Promise<readonly SourceRow[]> {
  const verdicts: boolean[] = [];
  await inLanes(rows, ASKED_AT_A_TIME, signal, async (row, index) => {
    try {
      verdicts[index] = await holds(row);
    } catch (error) {
      if (!(error instanceof StoreError) || error.storeDown) throw error;
      // Gone meanwhile: there is nothing to do.
      if (error.httpStatus !== 404) throw notTold(row, new Set(['When']), error);
      verdicts[index] = false;
    }
  });
  return rows.filter((_, index) => verdicts[index] === true);
}
