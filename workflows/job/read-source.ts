import { defined } from '../../contracts/defined';
import type { ListAs, PlannedSource, PreparedManifest, PreparedPart } from '../../contracts/engine/activities';
import { LIMITS } from '../../contracts/limits';
import { sumOfCounts } from '../../contracts/text/preparing-text';
import { isStepInterruption } from '../failures';
import { manifestActivities } from '../proxies';
import type { JobRun } from './job-run';

/** A source that is cut anew this often has no order that a listing could hold on to. */
const CUTS_MAX = 3;

/**
 * Reads a source in parts, side by side, and makes one manifest of them. Paused, what is under way hands back; a cancel ends it.
 * `cut` cuts the source, again where the listing of a bucket turns out to be another than it seemed. Undefined when the job is to stop.
 */
export async function readSource(
  run: JobRun,
  planned: PlannedSource,
  cut: (listAs: ListAs) => Promise<PlannedSource | undefined>,
): Promise<PreparedManifest | undefined> {
  const { gate } = run;
  let listAs: ListAs = {};
  let source: PlannedSource | undefined = planned;
  for (let cuts = 1; source !== undefined; cuts++) {
    const window = new PartWindow(run, source);
    const other = await window.read();
    if (gate.shouldStop()) return undefined;
    if (other === undefined) return seal(run, source.plan, window.attempts);
    listAs = { ...listAs, ...other };
    if (cuts === CUTS_MAX) throw new Error('the listing of the source contradicts itself again and again');
    source = await cut(listAs);
  }
  return undefined;
}

async function seal(
  { input: { jobId, workspace, plan: how }, gate }: JobRun,
  plan: string,
  attempts: readonly string[],
): Promise<PreparedManifest | undefined> {
  const { sealManifest } = manifestActivities(how);
  return gate.interruptible(() => sealManifest({ jobId, workspace, plan, attempts }), { restarts: true });
}

/** The parts of a source, some of them at a time. */
class PartWindow {
  private readonly open: number[];
  private readonly done = new Map<number, PreparedPart>();
  private listAs: ListAs | undefined;

  constructor(
    private readonly run: JobRun,
    private readonly source: PlannedSource,
  ) {
    this.open = Array.from({ length: source.parts }, (_, part) => part);
  }

  /** For each part, the attempt that has read it. */
  get attempts(): string[] {
    return Array.from({ length: this.source.parts }, (_, part) => this.done.get(part)?.attempt ?? '');
  }

  /** Resolves when all parts are read, the job is to stop, or with how the source is to be listed. */
  async read(): Promise<ListAs | undefined> {
    const { gate } = this.run;
    this.show();
    while (this.open.length > 0 && this.listAs === undefined) {
      if (!(await gate.mayPrepare())) return undefined;
      await gate.pausable(() => this.readOpen());
    }
    return this.listAs;
  }

  private async readOpen(): Promise<void> {
    const lanes = Math.min(LIMITS.source.partsInFlight, this.open.length);
    await Promise.all(Array.from({ length: lanes }, () => this.lane()));
  }

  private async lane(): Promise<void> {
    while (this.listAs === undefined) {
      const part = this.open.shift();
      if (part === undefined) return;
      if (!(await this.readPart(part))) return;
    }
  }

  /** False when it was interrupted: it is open again. */
  private async readPart(part: number): Promise<boolean> {
    const { jobId, workspace, plan: how } = this.run.input;
    const { plan } = this.source;
    try {
      const { listAs, ...read } = await manifestActivities(how, part).preparePart({ jobId, workspace, plan, part });
      this.listAs ??= listAs;
      this.done.set(part, read);
      this.show();
      return true;
    } catch (error) {
      if (!this.run.gate.isPreparingInterrupted() || !isStepInterruption(error)) throw error;
      this.open.unshift(part);
      return false;
    }
  }

  private show(): void {
    const done = [...this.done.values()];
    const { parts, files: filesTotal } = this.source;
    this.run.state.prepared({ ...sumOfCounts(done), parts, partsDone: done.length, ...defined({ filesTotal }) });
  }
}
