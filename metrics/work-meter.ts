import type { Family } from './family';

/** Plain numbers: each task adds one to one of them. */
interface TaskCounts {
  succeeded: number;
  skipped: number;
  failed: number;
  pending: number;
}

const OUTCOMES = ['succeeded', 'skipped', 'failed', 'pending'] as const;

interface CountedTasks extends TaskCounts {
  readonly operation: string;
  readonly store: string;
}

/** A worker's work: the port of `activities/`, and the families that show it. */
export class WorkMeter {
  private readonly tasks = new Map<string, CountedTasks>();
  private running = 0;
  private prepared = 0;

  /** `storeOf` names the store of a bucket; `batchSlots` are those that the dispatcher counts on. */
  constructor(
    private readonly storeOf: (bucket: string) => string,
    private readonly batchSlots: number,
  ) {}

  tasksOf(operation: string, bucket: string): TaskCounts {
    const store = this.storeOf(bucket);
    const id = `${operation} ${store}`;
    let counts = this.tasks.get(id);
    if (!counts) {
      counts = { operation, store, succeeded: 0, skipped: 0, failed: 0, pending: 0 };
      this.tasks.set(id, counts);
    }
    return counts;
  }

  batchBegins(): void {
    this.running += 1;
  }

  batchEnds(): void {
    this.running -= 1;
  }

  rowsPrepared(rows: number): void {
    this.prepared += rows;
  }

  get families(): readonly Family[] {
    return [
      {
        name: 'drover_tasks_total',
        help: 'Tasks that this worker has carried out, by operation, outcome and the store of the object.',
        type: 'counter',
        read: () =>
          [...this.tasks.values()].flatMap((counts) =>
            OUTCOMES.map((outcome) => ({
              labels: { operation: counts.operation, outcome, store: counts.store },
              value: counts[outcome],
            })),
          ),
      },
      single('drover_worker_batches_running', 'Batches that this worker runs.', 'gauge', () => this.running),
      single(
        'drover_worker_batch_slots',
        'Batches that the dispatcher hands to this worker at a time.',
        'gauge',
        () => this.batchSlots,
      ),
      single(
        'drover_rows_prepared_total',
        'Rows of manifests and other sources that have become tasks of jobs.',
        'counter',
        () => this.prepared,
      ),
    ];
  }
}

function single(name: string, help: string, type: Family['type'], value: () => number): Family {
  return { name, help, type, read: () => [{ labels: {}, value: value() }] };
}
