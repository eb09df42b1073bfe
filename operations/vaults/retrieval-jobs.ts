import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../contracts/limits/units';
import type { RetrievalTier, VaultJob, VaultService } from '../../storage/vaults';
import type { HourlyLimit, RetrievalRate } from './retrieval-rate';

/** "The output is available for at least 24 hours after the job completes" (API_GetJobOutput). */
const OUTPUT_KEPT_MS = DAY_MS;
/** An output that ends so soon is not begun: clocks differ, and a range takes its time. */
const OUTPUT_MARGIN_MS = 5 * MINUTE_MS;

/**
 * The archive retrievals of one vault, as the service lists them. The list is the memory of who started what: it outlives
 * each worker, and an archive that somebody has asked for already is not paid for again.
 */
export class RetrievalJobs {
  private readonly byArchive = new Map<string, VaultJob>();
  /** Own ones, started within the last hour. */
  private readonly started: { readonly at: number; readonly bytes: number }[] = [];
  private inFlight = 0;
  private closed: string | undefined;

  private constructor(
    private readonly rate: RetrievalRate,
    jobs: readonly VaultJob[],
    mark: string,
  ) {
    for (const job of jobs) {
      if (job.action !== 'ArchiveRetrieval' || job.archiveId === undefined) continue;
      const isOwn = job.description === mark;
      if (isOwn) this.count(job);
      if (isUsable(job, isOwn) && worth(job) > worth(this.byArchive.get(job.archiveId))) {
        this.byArchive.set(job.archiveId, job);
      }
    }
  }

  /** `mark`: the description of the jobs that this one starts. */
  static async listed(
    vaults: VaultService,
    vault: string,
    mark: string,
    rate: RetrievalRate,
    signal: AbortSignal,
  ): Promise<RetrievalJobs> {
    return new RetrievalJobs(rate, await vaults.listJobs(vault, { signal }), mark);
  }

  of(archiveId: string): VaultJob | undefined {
    return this.byArchive.get(archiveId);
  }

  /** Its output is gone. */
  forget(archiveId: string): void {
    this.byArchive.delete(archiveId);
  }

  /** No more are started before the next look. */
  close(reason: string): void {
    this.closed ??= reason;
  }

  /** Why no retrieval of so many bytes may be started now; undefined: it may, and is counted. */
  take(bytes: number): string | undefined {
    if (this.closed !== undefined) return this.closed;
    const { inFlightMax, perHour } = this.rate;
    if (this.inFlight >= inFlightMax) return `their turn (${inFlightMax} retrievals are in flight)`;
    const usedUp = perHour.find((limit) => this.isUsedUp(limit, bytes));
    if (usedUp !== undefined) return `their turn (${usedUp.name} is used up)`;
    this.inFlight += 1;
    this.started.push({ at: Date.now(), bytes });
    return undefined;
  }

  /** What is larger than an hour's worth has an hour for itself. */
  private isUsedUp({ max, of }: HourlyLimit, bytes: number): boolean {
    const since = Date.now() - HOUR_MS;
    const ofHour = this.started.reduce((sum, one) => (one.at > since ? sum + of(one.bytes) : sum), 0);
    return ofHour > 0 && ofHour + of(bytes) > max;
  }

  private count({ status, createdAt, archiveBytes = 0 }: VaultJob): void {
    if (status === 'InProgress') this.inFlight += 1;
    const at = createdAt?.getTime() ?? Date.now();
    if (at > Date.now() - HOUR_MS) this.started.push({ at, bytes: archiveBytes });
  }
}

/** The output is of the whole archive, and not gone yet. A failed retrieval counts only where this job has started it. */
function isUsable({ status, completedAt, byteRange, archiveBytes }: VaultJob, isOwn: boolean): boolean {
  if (byteRange !== undefined && archiveBytes !== undefined && byteRange !== `0-${archiveBytes - 1}`) return false;
  if (status === 'InProgress') return true;
  if (status === 'Failed') return isOwn;
  const ends = (completedAt?.getTime() ?? Date.now()) + OUTPUT_KEPT_MS;
  return Date.now() < ends - OUTPUT_MARGIN_MS;
}

function worth(job: VaultJob | undefined): number {
  if (job === undefined) return 0;
  return { Failed: 1, InProgress: 2, Succeeded: 3 }[job.status];
}

/** From one look to the next: jobs take 1 to 5 minutes, 3 to 5 hours, 5 to 12 hours ("Archive Retrieval Options"). */
export const LOOK_MS: Readonly<Record<RetrievalTier, number>> = {
  Expedited: 60 * 1_000,
  Standard: 15 * 60 * 1_000,
  Bulk: 30 * 60 * 1_000,
};
