import { LIMITS } from '../contracts/limits';
import { silenceText, type SilentStore } from '../storage/http/hearing';

export interface StoreWatchParts {
  readonly silentStores: () => readonly SilentStore[];
  /** Undefined: the store answers again. */
  readonly tellJob: (jobId: string, text: string | undefined) => Promise<void>;
  readonly log: {
    warn(message: string, details: object): void;
    info(message: string, details: object): void;
  };
  readonly now?: () => number;
}

interface ToldJob {
  /** What the job was told last; undefined: that the store answers. */
  text: string | undefined;
  /** No word before this moment, but that the store answers. */
  quietUntilMs: number;
  pauseMs: number;
}

const LOOK_MS = 1_000;
/** Jobs that were told of a silent store; the one told longest ago is forgotten first. */
const JOBS_REMEMBERED_MAX = 1_000;

/** Says in the log, and to the jobs that wait, which store has answered nobody for a while, and when it answers again. */
export class StoreWatch {
  /** By place. */
  private readonly logged = new Map<string, number>();
  /** By job id. */
  private readonly told = new Map<string, ToldJob>();
  private readonly now: () => number;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: StoreWatchParts) {
    this.now = parts.now ?? Date.now;
  }

  start(): void {
    this.timer = setInterval(() => this.look(), LOOK_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  look(): void {
    const now = this.now();
    const silent = this.parts.silentStores().filter(({ sinceMs }) => now - sinceMs >= LIMITS.store.silenceToldMs);
    this.write(silent, now);
    const texts = new Map<string, string>();
    for (const store of silent) for (const owner of store.owners) texts.set(owner, silenceText(store));
    for (const [jobId, text] of texts) this.tellSilence(jobId, text, now);
    for (const [jobId, told] of this.told) {
      if (texts.has(jobId) || told.text === undefined) continue;
      told.text = undefined;
      this.tell(jobId, undefined);
    }
  }

  private write(silent: readonly SilentStore[], now: number): void {
    const { log } = this.parts;
    for (const store of silent) {
      const { place, operation, resource, sinceMs } = store;
      if (this.logged.has(place)) continue;
      this.logged.set(place, sinceMs);
      const since = new Date(sinceMs).toISOString();
      log.warn('a store does not answer', { store: place, operation, bucket: resource, since, jobs: store.owners });
    }
    for (const [place, sinceMs] of this.logged) {
      if (silent.some((store) => store.place === place)) continue;
      this.logged.delete(place);
      log.info('a store that did not answer is asked no more, or answers', { store: place, silentMs: now - sinceMs });
    }
  }

  private tellSilence(jobId: string, text: string, now: number): void {
    const { told } = this;
    const before = told.get(jobId);
    if (before?.text === text || now < (before?.quietUntilMs ?? 0)) return;
    const pauseMs = Math.min(
      (before?.pauseMs ?? LIMITS.store.silenceToldAgainMs / 2) * 2,
      LIMITS.store.silenceToldAgainMaxMs,
    );
    told.delete(jobId);
    told.set(jobId, { text, quietUntilMs: now + pauseMs, pauseMs });
    if (told.size > JOBS_REMEMBERED_MAX) told.delete(told.keys().next().value ?? '');
    this.tell(jobId, text);
  }

  private tell(jobId: string, text: string | undefined): void {
    // The heartbeats say it as well.
    this.parts.tellJob(jobId, text).catch(() => undefined);
  }
}
