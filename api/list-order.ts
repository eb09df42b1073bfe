import { DroverError } from '../contracts/failures';

/** A row of Temporal's visibility store. Times are ISO 8601 with nine decimals, so that texts compare as times do. */
export interface VisibleRow<Item> {
  readonly workflowId: string;
  readonly startedAt: string;
  /** Absent while it runs. */
  readonly closedAt?: string;
  readonly item: Item;
}

/** Where a listing goes on: after this row. */
export interface ListCursor {
  readonly startedAt: string;
  readonly workflowId: string;
}

/** Rows in the order of Temporal's store: those that run by their start, the others by their end, the latest first. */
export type ReadRows<Item> = (
  which: 'running' | 'closed',
  startedUntil: string | undefined,
) => AsyncIterable<VisibleRow<Item>>;

export interface OrderedRows<Item> {
  readonly items: readonly Item[];
  /** Absent when there are no more. */
  readonly next?: ListCursor;
}

/**
 * The rows after a cursor, by their start, the latest first: a place that neither new rows nor ends change. Temporal sorts closed
 * executions by their end and refuses ORDER BY on SQL stores. But who ended before the last row of the page had started
 * does not belong on it: so what is read too many is only what was alive at that time.
 */
export async function newestFirst<Item>(
  readRows: ReadRows<Item>,
  rowsMax: number,
  after?: ListCursor,
): Promise<OrderedRows<Item>> {
  const page = new NewestRows<Item>(rowsMax + 1, after);
  const until = after?.startedAt;
  for await (const row of readRows('running', until)) {
    page.add(row);
    if (page.full) break;
  }
  for await (const row of readRows('closed', until)) {
    if (page.full && row.closedAt !== undefined && row.closedAt < page.oldestStart) break;
    page.add(row);
  }
  const rows = page.rows.slice(0, rowsMax);
  const last = rows.at(-1);
  return {
    items: rows.map(({ item }) => item),
    ...(page.rows.length > rowsMax && last ? { next: { startedAt: last.startedAt, workflowId: last.workflowId } } : {}),
  };
}

/** The newest `rowsMax` of the rows it was given, each workflow once: one may end between the two readings. */
class NewestRows<Item> {
  readonly rows: VisibleRow<Item>[] = [];
  private readonly seen = new Set<string>();

  constructor(
    private readonly rowsMax: number,
    private readonly after: ListCursor | undefined,
  ) {}

  get full(): boolean {
    return this.rows.length >= this.rowsMax;
  }

  get oldestStart(): string {
    return this.rows.at(-1)?.startedAt ?? '';
  }

  add(row: VisibleRow<Item>): void {
    if ((this.after && compare(row, this.after) <= 0) || this.seen.has(row.workflowId)) return;
    this.seen.add(row.workflowId);
    const place = this.rows.findLastIndex((other) => compare(other, row) < 0) + 1;
    this.rows.splice(place, 0, row);
    if (this.rows.length > this.rowsMax) this.rows.pop();
  }
}

/** Negative when `a` comes first. */
function compare(a: ListCursor, b: ListCursor): number {
  if (a.startedAt !== b.startedAt) return a.startedAt > b.startedAt ? -1 : 1;
  return a.workflowId < b.workflowId ? -1 : Number(a.workflowId > b.workflowId);
}

export function writeCursor({ startedAt, workflowId }: ListCursor): Uint8Array {
  return Buffer.from(`${startedAt} ${workflowId}`);
}

/** Throws InvalidNextTokenException. */
export function readCursor(pageToken: Uint8Array): ListCursor {
  const [, startedAt, workflowId] = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (\S+)$/.exec(Buffer.from(pageToken).toString()) ?? [];
  if (startedAt === undefined || workflowId === undefined || Number.isNaN(Date.parse(startedAt))) {
    throw new DroverError('InvalidNextTokenException', 'nextToken is not one of this service');
  }
  return { startedAt, workflowId };
}
