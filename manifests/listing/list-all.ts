import type { ListingMode } from '../../contracts/engine/activities';
import type { SourceRow } from '../sources/row';
import { type ListingPort, type ListingScope, ListingUntrustworthy } from './listing';
import { RangeListing } from './range-listing';

export interface ListAllOptions {
  /** Requests under way at once. */
  readonly streams: number;
  /** How the store is known to list; absent: as the first page shows. */
  readonly mode?: ListingMode | undefined;
  /** Called at each beginning. The rows that pass are kept, no others; what it throws ends the listing. */
  readonly filter: () => (row: SourceRow) => boolean;
  readonly signal: AbortSignal;
}

/** Each restart has one mode less to try. */
const ATTEMPTS = 3;

/** A listing that is short enough to be done in one go: its rows in the store's order of keys. Rejects as `RangeListing.run` does. */
export async function listAll(
  port: ListingPort,
  scope: ListingScope,
  options: ListAllOptions,
): Promise<readonly SourceRow[]> {
  let { mode } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await listOnce(port, scope, options, mode);
    } catch (error) {
      if (!(error instanceof ListingUntrustworthy) || !error.restartAs || attempt === ATTEMPTS) throw error;
      mode = error.restartAs;
    }
  }
}

async function listOnce(
  port: ListingPort,
  scope: ListingScope,
  { streams, filter, signal }: ListAllOptions,
  mode: ListingMode | undefined,
): Promise<readonly SourceRow[]> {
  const listing = new RangeListing(port, scope, { streams, ...(mode && { mode }) });
  const found = new Map<number, SourceRow[]>();
  const wanted = filter();
  const take = (range: number, rows: readonly SourceRow[]): void => {
    const own = found.get(range) ?? [];
    found.set(range, own);
    for (const row of rows) if (wanted(row)) own.push(row);
  };
  await listing.run({ page: (range, rows) => Promise.resolve().then(() => take(range, rows)) }, signal);
  return listing.state().flatMap(({ id }) => found.get(id) ?? []);
}
