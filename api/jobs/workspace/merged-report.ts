import { DroverError } from '../../../contracts/engine/failures';
import { LIMITS } from '../../../contracts/limits';
import type { JobService } from '../job-service';
import type { JobDescription } from '../job-view';
import type { ObjectAccess, ReportRows } from '../object-access';
import { hasSucceeded, objectOf, type ReportFields, reportFields, reportLine } from './report-rows';

/** The report of a retry together with those of the jobs that it retries. */
export interface MergedReports {
  /**
   * CSV with one row for each row of the first job's report: the last that became of it. Rejects with BadRequestException for a
   * job that retries none, or more rows than can be merged, NoSuchReport, TooManyRequestsException, and what `ObjectAccess` rejects with.
   */
  open(account: string, last: JobDescription, rows?: ReportRows): Promise<AsyncIterable<Uint8Array>>;
}

/** Rows of retries by their object; the same object may have several. */
type Later = Map<string, ReportFields[]>;

export function mergedReports(objects: ObjectAccess, service: Pick<JobService, 'describeJob'>): MergedReports {
  let underWay = 0;
  return {
    async open(account, last, rows) {
      const [first, ...retries] = await chainOf(account, last, service);
      if (first === undefined || retries.length === 0) {
        throw new DroverError(
          'BadRequestException',
          `merged: job ${last.jobId} retries no other: its rows are not the failed ones of a job with the same operation`,
        );
      }
      for (const retry of retries) checkRetry(retry);
      if (underWay >= LIMITS.report.mergedReportsInFlight) {
        throw new DroverError('TooManyRequestsException', `${underWay} reports are being merged by this API already`);
      }
      underWay += 1;
      const release = (): void => void (underWay -= 1);
      try {
        const later = await laterRows(retries, objects);
        // What is wrong with the first report becomes a status.
        await objects.readReport(first);
        const keysAreRaw = await objects.keysAreRaw(first);
        return releasing(merged(first, keysAreRaw, later, objects, rows), release);
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

/** The first job, then its retries. */
async function chainOf(
  account: string,
  last: JobDescription,
  service: Pick<JobService, 'describeJob'>,
): Promise<JobDescription[]> {
  const chain = [last];
  for (let job = last; ;) {
    const { Source } = job.request;
    if (Source === undefined || !('FromJob' in Source) || Source.FromJob.Rows !== 'failed') return chain;
    if (chain.length > LIMITS.report.mergedRetriesMax) {
      throw new DroverError(
        'BadRequestException',
        `merged: more than ${LIMITS.report.mergedRetriesMax} retries follow each other`,
      );
    }
    const former = await service.describeJob(account, Source.FromJob.JobId);
    // Another action on the objects that failed says nothing of the one that they failed in.
    if (former.operation !== job.operation) return chain;
    chain.unshift(former);
    job = former;
  }
}

/** Throws NoSuchReport, or BadRequestException. */
function checkRetry({ jobId, request: { Report }, progress: { totalTasks = 0 } }: JobDescription): void {
  if (!Report.Enabled || Report.ReportScope !== 'AllTasks') {
    throw new DroverError(
      'NoSuchReport',
      `Job ${jobId} has no report of all its tasks (ReportScope AllTasks): it does not tell which of them succeeded`,
    );
  }
  if (totalTasks > LIMITS.report.mergedRowsMax) throw tooManyRows(`job ${jobId} has ${totalTasks} rows`);
}

function tooManyRows(what: string): DroverError {
  return new DroverError(
    'BadRequestException',
    `merged: ${what}; retries of ${LIMITS.report.mergedRowsMax} rows and ${LIMITS.report.mergedBytesMax} bytes can be merged at most`,
  );
}

/** What became of the rows of the first retry, in the end. */
async function laterRows(retries: readonly JobDescription[], objects: ObjectAccess): Promise<Later> {
  let later: Later = new Map();
  for (const retry of [...retries].reverse()) {
    const own: Later = new Map();
    let rows = 0;
    let bytes = 0;
    for (const status of ['succeeded', 'failed'] as const) {
      for await (const page of reportFields(await objects.readReportRows(retry, status))) {
        for (const row of page) {
          const object = objectOf(row, false);
          const final = status === 'failed' ? (later.get(object)?.shift() ?? row) : row;
          rows += 1;
          bytes += object.length + final.reduce((sum, field) => sum + field.length, 0);
          if (rows > LIMITS.report.mergedRowsMax || bytes > LIMITS.report.mergedBytesMax) {
            throw tooManyRows(`the report of job ${retry.jobId} has more`);
          }
          const same = own.get(object);
          if (same === undefined) own.set(object, [final]);
          else same.push(final);
        }
      }
    }
    later = own;
  }
  return later;
}

/** Rows that succeeded were not tried again. */
async function* merged(
  first: JobDescription,
  keysAreRaw: boolean,
  later: Later,
  objects: ObjectAccess,
  wanted: ReportRows | undefined,
): AsyncGenerator<Uint8Array> {
  if (wanted !== 'failed') yield* await objects.readReportRows(first, 'succeeded');
  for await (const page of reportFields(await objects.readReportRows(first, 'failed'))) {
    const rows = page
      .map((row) => later.get(objectOf(row, keysAreRaw))?.shift() ?? row)
      .filter((row) => wanted === undefined || hasSucceeded(row) === (wanted === 'succeeded'));
    if (rows.length > 0) yield Buffer.from(rows.map(reportLine).join(''));
  }
}

/** Calls `release` once, when the rows have ended or nobody wants them any more: also where nobody ever began to read. */
function releasing(rows: AsyncGenerator<Uint8Array>, release: () => void): AsyncIterableIterator<Uint8Array> {
  let isHeld = true;
  const once = (): void => {
    if (isHeld) release();
    isHeld = false;
  };
  return {
    async next() {
      try {
        const next = await rows.next();
        if (next.done === true) once();
        return next;
      } catch (error) {
        once();
        throw error;
      }
    },
    async return() {
      once();
      return rows.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
