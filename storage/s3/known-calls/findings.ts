import { LIMITS } from '../../../contracts/limits';
import type { StoreError } from '../../store-error';

/** `known`: the store knows the call. An error is what every task that needs the call fails with. `harmless`: for this object it does not matter. */
export type Finding = 'known' | StoreError | 'harmless';

interface Kept {
  readonly finding: Exclude<Finding, 'harmless'>;
  readonly untilMs: number;
}

/** What has been found out of one store, for as long as a job may ask again. Tasks that ask at the same time share a probe. */
export class Findings {
  private readonly kept = new Map<string, Kept>();
  private readonly running = new Map<string, Promise<unknown>>();

  constructor(private readonly now: () => number = Date.now) {}

  knows(name: string): boolean {
    const kept = this.kept.get(name);
    return kept !== undefined && kept.finding === 'known' && kept.untilMs > this.now();
  }

  keep(name: string, finding: Exclude<Finding, 'harmless'>): void {
    const oldest = this.kept.keys().next();
    if (this.kept.size >= LIMITS.store.findingsMax && !oldest.done) this.kept.delete(oldest.value);
    this.kept.set(name, { finding, untilMs: this.now() + LIMITS.store.findingMs });
  }

  /**
   * Resolves when the call may be sent, rejects with `StoreError` when the store does not know it, or with what `probe` rejects with.
   * What tells of one object only is not kept: then each task that waited looks at its own.
   */
  async find(name: string, probe: () => Promise<Finding>): Promise<void> {
    const running = this.running.get(name);
    if (running !== undefined) await running;
    const kept = this.kept.get(name);
    const finding = kept !== undefined && kept.untilMs > this.now() ? kept.finding : await this.run(name, probe);
    if (typeof finding === 'object') throw finding;
  }

  private async run(name: string, probe: () => Promise<Finding>): Promise<Finding> {
    const asked = probe();
    const ended = asked.catch(() => undefined);
    if (!this.running.has(name)) {
      this.running.set(name, ended);
      void ended.then(() => this.running.delete(name));
    }
    const finding = await asked;
    if (finding !== 'harmless') this.keep(name, finding);
    return finding;
  }
}
