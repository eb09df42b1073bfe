import { LIMITS } from '../../contracts/limits';
import { unwatchAbort, watchAbort } from '../../storage/http/abort';
import type { SourceRow } from '../sources/row';
import { DuckDBClient } from './client';
import { type PageFormat, pageFormat } from './pages';
import { printCondition } from './print';
import { type Condition, conditionOf, statementOf } from './statement';

/** An S3 Select expression that decides on rows. */
export interface Selection {
  /**
   * Members of a row by which it decides. A row that lacks one of them has NULL there, and so does not pass where the value
   * would decide: ask the store first, unless the object has none.
   */
  readonly needs: readonly (keyof SourceRow)[];
  /**
   * A byte for each row: 1 passes. Pages may be given before the one before is answered.
   *
   * @throws DroverError BadRequestException for a row whose values the expression can't take (`CAST(key AS INTEGER)`), and
   *   when DuckDB needs more memory or time than it may have; InternalServiceException when its process has ended, which
   *   another attempt may not see.
   */
  pass(rows: readonly SourceRow[], signal: AbortSignal): Promise<Uint8Array>;
  /** Ends its process. */
  close(): Promise<void>;
}

export interface SelectOptions {
  /** The time for `now()`: when Preparing began, the same for all activities of a job. */
  readonly nowMs: number;
  /** For tests. */
  readonly timeoutMs?: number;
}

/**
 * Prepares an expression: `SELECT … FROM S3Object s WHERE …`, or the part after WHERE, over the columns of a manifest.
 * DuckDB carries it out in a process of its own, without files, network and environment, and with bounds.
 *
 * @throws DroverError BadRequestException that names what is wrong, or says how to install DuckDB.
 */
export async function openSelect(expression: string, { nowMs, timeoutMs }: SelectOptions): Promise<Selection> {
  const statement = statementOf(expression);
  const client = new DuckDBClient(timeoutMs);
  try {
    const { format, needs } = await prepared(client, statement, nowMs);
    return {
      needs,
      pass: (rows, signal) => unlessAborted(signal, passing(client, format, rows, signal)),
      close: () => {
        client.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** Checks an expression as `openSelect` does. The process for it is kept for a while. */
export async function checkSelect(expression: string): Promise<void> {
  const statement = statementOf(expression);
  await prepared(checker(), statement, Date.now());
}

/** What an expression is about, for another than DuckDB to carry out. */
export async function parseSelect(expression: string): Promise<Condition> {
  return conditionOf(await checker().parse(statementOf(expression)));
}

async function prepared(client: DuckDBClient, statement: string, nowMs: number) {
  const printed = printCondition(conditionOf(await client.parse(statement)), nowMs);
  const format = pageFormat(printed);
  await client.open(format);
  return { format, needs: printed.columns.map(({ member }) => member) };
}

async function passing(
  client: DuckDBClient,
  format: PageFormat,
  rows: readonly SourceRow[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const passes = new Uint8Array(rows.length);
  const underWay: Promise<void>[] = [];
  for (let start = 0; start < rows.length; start += LIMITS.select.pageRows) {
    signal.throwIfAborted();
    const page = client.decide(format.encode(rows.slice(start, start + LIMITS.select.pageRows)));
    const taken = page.then((bytes) => passes.set(bytes, start));
    // It is awaited below, unless one before it has failed.
    taken.catch(() => undefined);
    underWay.push(taken);
    if (underWay.length >= LIMITS.select.pagesInFlight) await underWay.shift();
  }
  await Promise.all(underWay);
  signal.throwIfAborted();
  return passes;
}

/** A page that takes long holds up no pause and no cancel. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const target = { onAbort: reject };
    watchAbort(signal, target);
    void work.then(resolve, reject).finally(() => {
      unwatchAbort(signal, target);
    });
  });
}

let idle: { readonly client: DuckDBClient; readonly timer: NodeJS.Timeout } | undefined;

function checker(): DuckDBClient {
  clearTimeout(idle?.timer);
  const client = idle === undefined || idle.client.isEnded ? new DuckDBClient() : idle.client;
  const timer = setTimeout(() => {
    idle = undefined;
    client.close();
  }, LIMITS.select.idleMs);
  timer.unref();
  idle = { client, timer };
  return client;
}
