import { createHash } from 'node:crypto';
import { defined } from '../../contracts/defined';
import { DroverError } from '../../contracts/engine/failures';

/** A row of Temporal's visibility store. Times are ISO 8601 in milliseconds, so that texts compare as times do. */
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
  readonly unsettled?: Unsettled;
}

/** What may yet turn up that was there before the first page: the visibility store is some moments behind. */
export interface Unsettled {
  /** Not after this time, in ms. */
  readonly untilMs: number;
  /** Not among jobs that started at this time or before. */
  readonly after: string;
  /** All that were shown of those that started later, by `markOf`. */
  readonly shown: readonly number[];
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

export interface ListPosition<Item> {
  readonly after?: ListCursor | undefined;
  /** Rows that the store may not show yet. */
  readonly known?: readonly VisibleRow<Item>[];
  readonly nowMs: number;
}

/** How far the visibility store is behind at the most: Elasticsearch refreshes once a second, queues under load take longer. */
export const VISIBILITY_LAG_MS = 10_000;
/** Four bytes each in a token, which may have 1,024 characters (S3 Control's bound). */
const SHOWN_MAX = 150;

/**
 * The rows after a cursor, by their start, the latest first: a place that neither new rows nor ends change. Temporal sorts closed
 * executions by their end and refuses ORDER BY on SQL stores. But who ended before the last row of the page had started
 * does not belong on it: so what is read too many is only what was alive at that time.
 *
 * A row that the store shows too late for its place comes on one of the next pages.
 */
export async function newestFirst<Item>(
  readRows: ReadRows<Item>,
  rowsMax: number,
  { after, known = [], nowMs }: ListPosition<Item>,
): Promise<OrderedRows<Item>> {
  const page = new NewestRows<Item>(rowsMax + 1, after);
  const until = after?.unsettled ? undefined : after?.startedAt;
  for (const row of known) page.add(row);
  for await (const row of readRows('running', until)) {
    // Not before: of rows that started in the same moment, the store may show any one first.
    if (page.full && row.startedAt < page.oldestStart) break;
    page.add(row);
  }
  for await (const row of readRows('closed', until)) {
    if (page.full && row.closedAt !== undefined && row.closedAt < page.oldestStart) break;
    page.add(row);
  }
  const rows = page.rows.slice(0, rowsMax);
  const items = rows.map(({ item }) => item);
  return page.rows.length > rowsMax ? { items, next: cursorAfter(rows, after, nowMs) } : { items };
}

function cursorAfter(rows: readonly VisibleRow<unknown>[], before: ListCursor | undefined, nowMs: number): ListCursor {
  const last = rows.at(-1);
  // A page of nothing but late rows goes on where it began.
  const place = last !== undefined && (before === undefined || compare(last, before) > 0) ? last : before;
  if (place === undefined) throw new Error('a page without rows has no next one');
  const { startedAt, workflowId } = place;
  const unsettled = unsettledAfter(rows, before, nowMs);
  return { startedAt, workflowId, ...defined({ unsettled }) };
}

function unsettledAfter(
  rows: readonly VisibleRow<unknown>[],
  before: ListCursor | undefined,
  nowMs: number,
): Unsettled | undefined {
  if (before !== undefined && (before.unsettled?.untilMs ?? 0) <= nowMs) return undefined;
  const { untilMs, after, shown } = before?.unsettled ?? {
    untilMs: nowMs + VISIBILITY_LAG_MS,
    after: new Date(nowMs - VISIBILITY_LAG_MS).toISOString(),
    shown: [],
  };
  const added = rows.filter(({ startedAt }) => startedAt > after);
  const tooMany = added[SHOWN_MAX - shown.length]?.startedAt ?? after;
  const marked = added.filter(({ startedAt }) => startedAt > tooMany);
  return { untilMs, after: tooMany, shown: [...shown, ...marked.map(({ workflowId }) => markOf(workflowId))] };
}

/** The newest `rowsMax` of the rows it was given, each workflow once: one may end between the two readings. */
class NewestRows<Item> {
  readonly rows: VisibleRow<Item>[] = [];
  private readonly seen = new Set<string>();
  private readonly shown: ReadonlySet<number>;

  constructor(
    private readonly rowsMax: number,
    private readonly after: ListCursor | undefined,
  ) {
    this.shown = new Set(after?.unsettled?.shown);
  }

  get full(): boolean {
    return this.rows.length >= this.rowsMax;
  }

  get oldestStart(): string {
    return this.rows.at(-1)?.startedAt ?? '';
  }

  add(row: VisibleRow<Item>): void {
    if (this.seen.has(row.workflowId) || !this.belongs(row)) return;
    this.seen.add(row.workflowId);
    const place = this.rows.findLastIndex((other) => compare(other, row) < 0) + 1;
    this.rows.splice(place, 0, row);
    if (this.rows.length > this.rowsMax) this.rows.pop();
  }

  private belongs(row: VisibleRow<Item>): boolean {
    if (this.after === undefined || compare(row, this.after) > 0) return true;
    const { unsettled } = this.after;
    return unsettled !== undefined && row.startedAt > unsettled.after && !this.shown.has(markOf(row.workflowId));
  }
}

/** Negative when `a` comes first. */
function compare(a: ListCursor, b: ListCursor): number {
  if (a.startedAt !== b.startedAt) return a.startedAt > b.startedAt ? -1 : 1;
  return a.workflowId < b.workflowId ? -1 : Number(a.workflowId > b.workflowId);
}

/** That two of some hundred jobs have the same is one chance in 100,000. */
function markOf(workflowId: string): number {
  return createHash('sha256').update(workflowId).digest().readUInt32BE(0);
}

const TIME = String.raw`2[01]\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`;
const CURSOR = new RegExp(`^(${TIME}) (job-[\\w-]{1,64})(?: (\\d{13}) (${TIME}) ((?:[0-9a-f]{8})*))?$`);

/** Marks are packed, so that the token stays below its bound. */
export function writeCursor({ startedAt, workflowId, unsettled }: ListCursor): Uint8Array {
  const place = `${startedAt} ${workflowId}`;
  if (unsettled === undefined) return Buffer.from(place);
  const marks = Buffer.alloc(unsettled.shown.length * 4);
  unsettled.shown.forEach((mark, index) => marks.writeUInt32BE(mark, index * 4));
  return Buffer.concat([Buffer.from(`${place} ${unsettled.untilMs} ${unsettled.after}\n`), marks]);
}

/** Throws InvalidNextTokenException. */
export function readCursor(pageToken: Uint8Array): ListCursor {
  const bytes = Buffer.from(pageToken);
  const end = bytes.indexOf('\n');
  const text = end < 0 ? bytes.toString() : `${bytes.toString('latin1', 0, end)} ${bytes.toString('hex', end + 1)}`;
  const [, startedAt, workflowId, untilMs, after, marks] = CURSOR.exec(text) ?? [];
  if (
    startedAt === undefined ||
    workflowId === undefined ||
    !isTime(startedAt) ||
    (after !== undefined && !isTime(after))
  ) {
    throw new DroverError('InvalidNextTokenException', 'nextToken is not one of this service');
  }
  if (untilMs === undefined || after === undefined) return { startedAt, workflowId };
  const shown = (marks?.match(/.{8}/g) ?? []).map((mark) => Number.parseInt(mark, 16));
  return { startedAt, workflowId, unsettled: { untilMs: Number(untilMs), after, shown } };
}

function isTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}
