/** The bench that the contract suite runs operations on: in-memory store, faults, one role. */
import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import type { JsonObject } from '../../contracts/job';
import { OPERATIONS, parseOperation } from '../../operations';
import { isOfArchives } from '../../operations/describe';
import type {
  BoundOperation,
  OperationContext,
  OperationDefinition,
  PerformGroup,
  PerformTask,
} from '../../operations/operation';
import type { BucketOptions, ObjectSeed } from '../support/memory-store/bucket';
import type { Faults } from '../support/memory-store/faults';
import { MemoryFunctions } from '../support/memory-store/functions';
import { memoryRoleStores, MemoryStore } from '../support/memory-store/store';
import { MemoryWebhooks } from '../support/memory-store/webhooks';
import { ODD_KEYS } from './odd-keys';
import { JOB_ID, type Row, type Setup, SOURCE, TAGS, TARGET, type World } from './setup';
import { SETUPS } from './setups';

export { JOB_ID, ODD_KEYS, SETUPS, SOURCE, TAGS, TARGET };

/** Keeps versions whatever the operation's setup says of the other buckets. */
export const VERSIONED = 'versioned';
export const DIRECTORY_BUCKET = 'x--use1-az4--x-s3';

export interface BenchOptions {
  /** Buckets that the role may not use. */
  readonly denied?: readonly string[];
  /** Instead of those of the setup. */
  readonly parameters?: JsonObject | undefined;
  /** Members of the Operation element beside the operation. */
  readonly beside?: JsonObject;
}

export interface BenchSeed extends ObjectSeed {
  readonly body?: string;
}

export class Bench implements World {
  readonly store = new MemoryStore();
  readonly functions = new MemoryFunctions();
  readonly webhooks = new MemoryWebhooks();
  readonly setup: Setup;
  private readonly parameters: JsonObject;
  private readonly context: OperationContext;
  private rows = 0;

  constructor(
    private readonly operation: OperationDefinition,
    private readonly options: BenchOptions = {},
  ) {
    this.setup = setupOf(operation);
    this.parameters = options.parameters ?? parametersOf(operation);
    for (const bucket of [SOURCE, TARGET, VERSIONED]) this.createBucket(bucket, { versioned: bucket === VERSIONED });
    const { functions, webhooks } = this;
    this.context = {
      jobId: JOB_ID,
      ...memoryRoleStores(this.store, { functions, webhooks, denied: options.denied ?? [] }),
    };
  }

  /** As the operation wants its buckets. */
  createBucket(name: string, more: BucketOptions = {}): void {
    const { bucket = {}, prepare } = this.setup;
    const on = (Object.entries({ ...bucket, ...more }) as [keyof BucketOptions, boolean][]).filter(
      ([, value]) => value,
    );
    this.store.createBucket(name, { ...bucket, ...Object.fromEntries(on) });
    prepare?.(this, name);
  }

  /** Where the faults of the setup's method strike. */
  get faults(): Faults {
    if (this.setup.method === 'invoke') return this.functions.faults;
    return this.setup.method === 'post' ? this.webhooks.faults : this.store.faults;
  }

  /** An object to work on, and its row. In VERSIONED the row names the version. */
  seed(key: string, bucket = SOURCE, { body = `body of ${key}`, ...more }: BenchSeed = {}): Task {
    const seed = { tags: TAGS, ...this.setup.seed, ...more };
    const { versionId } = this.store.seed(bucket, key, body, seed);
    const task = this.task(key, bucket, bucket === VERSIONED ? versionId : undefined);
    this.setup.seeded?.(this, task);
    return task;
  }

  /** A row of its own number. */
  task(key: string, bucket = SOURCE, versionId?: string): Task {
    this.rows += 1;
    return { ...taskOf(key, bucket, versionId), row: this.rows };
  }

  perform(task: Task, signal: AbortSignal = new AbortController().signal): Promise<TaskOutcome> {
    return this.bind()(task, signal);
  }

  bind(): PerformTask {
    return this.parsed().bind(this.context);
  }

  bindGroup(): PerformGroup {
    const group = this.parsed().bindGroup?.(this.context);
    if (group === undefined) {
      throw new Error(`${this.operation.name} makes no group of these parameters: setup.group.parameters`);
    }
    return group;
  }

  done(task: Task): boolean {
    return this.setup.done(this, task);
  }

  /** All that a second run must leave as it is. */
  contents(key: string): string {
    return JSON.stringify([this.store.versions(SOURCE, key), this.store.keys(TARGET)]);
  }

  methods(): string[] {
    return this.faults.calls.map(({ method }) => method);
  }

  private parsed(): BoundOperation {
    return parseOperation({ [this.operation.name]: this.parameters, ...this.options.beside });
  }
}

/** Those whose tasks are objects. */
export const OBJECT_OPERATIONS = OPERATIONS.filter((operation) => !isOfArchives(operation));

export function parametersOf(operation: OperationDefinition): JsonObject {
  return SETUPS[operation.name]?.parameters ?? operation.examples[0]?.parameters ?? {};
}

export function setupOf(operation: OperationDefinition): Setup {
  const setup = SETUPS[operation.name];
  if (setup === undefined) throw new Error(`${operation.name} has no row in SETUPS`);
  return setup;
}

export function taskOf(key: string, bucket = SOURCE, versionId?: string): Task {
  const task = { bucket, key, manifestKey: encodeURIComponent(key), row: 0 };
  return versionId === undefined ? task : { ...task, versionId };
}

/** What is expected of an operation in a case: its own row, or the one that all others have. */
export function expected(setup: Setup, own: Row | undefined, otherwise: Row): Row {
  return own ?? (setup.objectNotNeeded ? { status: 'succeeded' } : otherwise);
}
