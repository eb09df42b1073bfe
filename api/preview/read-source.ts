import type { ListAs } from '../../contracts/engine/activities';
import type { PreparingProgress } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { PreviewTotals } from '../../contracts/preview';
import {
  filtersOf,
  ListingUntrustworthy,
  openPart,
  openRowFilter,
  planSource,
  type RowSink,
  type SourceContext,
  type SourceRow,
} from '../../manifests';
import { FirstRows } from './first-rows';
import type { PreviewRequest } from './preview';
import { ReadingProgress } from './reading-progress';
import { Totals } from './totals';

/** A source that is cut anew this often has no order that a listing could hold on to: as for jobs. */
const CUTS_MAX = 3;

export interface PreviewPort {
  /** The first rows, once; or all of them, as they come. */
  readonly rows: (rows: readonly SourceRow[]) => Promise<void>;
  /** Rows that were given do not count: the source is read anew. */
  readonly restart: (bucket: string) => Promise<void>;
  readonly progress: (progress: PreparingProgress) => void;
}

/** Reads a source to its end, part after part, and counts what a job would get. Rejects with `DroverError`, `StoreError`, or the signal's reason. */
export async function readWholeSource(
  request: PreviewRequest,
  context: Omit<SourceContext, 'listAs'>,
  port: PreviewPort,
): Promise<PreviewTotals> {
  let listAs: ListAs = {};
  for (let cuts = 1; ; cuts++) {
    try {
      return await readOnce(request, { ...context, listAs }, port);
    } catch (error) {
      if (!(error instanceof ListingUntrustworthy) || error.restartAs === undefined || cuts === CUTS_MAX) throw error;
      listAs = { ...listAs, [error.bucket]: error.restartAs };
      await port.restart(error.bucket);
    }
  }
}

async function readOnce(request: PreviewRequest, context: SourceContext, port: PreviewPort): Promise<PreviewTotals> {
  const plan = await planSource(request, context);
  const filter = await openRowFilter(filtersOf(request), context);
  const totals = new Totals();
  const shown: SourceRow[] = [];
  const progress = new ReadingProgress(plan);
  try {
    for (const part of plan.parts.keys()) {
      context.signal.throwIfAborted();
      const first = new FirstRows(request.List ? 0 : request.Rows - shown.length);
      const reading = openPart(plan, part, undefined, { ...context, meter: progress.begin() });
      const sink: RowSink = {
        async rows(strand, given, taken) {
          const { rows, asked } = await filter.passing(given);
          progress.took(given.length, rows.length);
          totals.add(rows, asked);
          taken();
          first.add(strand, rows, () => reading.strands());
          port.progress(progress.now());
          if (request.List) await inPages(rows, port);
          context.signal.throwIfAborted();
        },
        raw: () => Promise.reject(new Error('a preview reads rows')),
        leftOut: (deleteMarkers) => totals.addLeftOut(deleteMarkers),
      };
      await reading.run(sink);
      shown.push(...first.take(reading.strands()));
    }
  } finally {
    await filter.close();
  }
  if (!request.List) await port.rows(shown);
  return totals.value();
}

async function inPages(rows: readonly SourceRow[], port: PreviewPort): Promise<void> {
  for (let start = 0; start < rows.length; start += LIMITS.preview.lineRows) {
    await port.rows(rows.slice(start, start + LIMITS.preview.lineRows));
  }
}
