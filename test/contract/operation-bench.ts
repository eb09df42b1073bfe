/** The bench that the contract suite runs operations on: in-memory store, faults, one role. */
import type { JsonObject } from '../../contracts/job';
import type { Task, TaskOutcome } from '../../contracts/outcome';
import { parseOperation } from '../../operations';
import type { Operation, OperationContext } from '../../operations/operation';
import type { Faults } from '../support/memory-faults';
import { MemoryFunctions } from '../support/memory-functions';
import { MemoryStore, memoryRoleStores } from '../support/memory-store';
import { JOB_ID, SOURCE, TAGS, TARGET, type Setup, type World } from './setup';
import { SETUPS } from './setups';

export { JOB_ID, SETUPS, SOURCE, TAGS, TARGET };

export const ODD_KEYS = [
  ' leading and trailing ',
  'a+b',
  '100%',
  'not%20encoded%2Ftwice',
  'ünïcödé/日本語/😀',
  'e\u0301 is not é',
  'double//slash',
  '/leading-slash',
  'trailing-slash/',
  '..',
  'a/../b/./c',
  'question?versionId=v1',
  'hash#fragment&a=b;c',
  '"quotes"\'<xml>&amp;',
  'new\nline\tand\\backslash',
  '__proto__',
  'é'.repeat(512),
];

export class Bench implements World {
  readonly store = new MemoryStore({ buckets: [SOURCE, TARGET] });
  readonly functions = new MemoryFunctions();
  readonly setup: Setup;
  private readonly parameters: JsonObject;

  constructor(
    private readonly operation: Operation,
    private readonly denied: readonly string[] = [],
  ) {
    this.setup = setupOf(operation);
    this.parameters = this.setup.parameters ?? operation.examples[0]?.parameters ?? {};
  }

  get faults(): Faults {
    return this.setup.method === 'invoke' ? this.functions.faults : this.store.faults;
  }

  seed(key: string, bucket = SOURCE): Task {
    const { versionId } = this.store.seed(bucket, key, `body of ${key}`, { tags: TAGS, ...this.setup.seed });
    return taskOf(key, bucket, versionId === 'null' ? undefined : versionId);
  }

  perform(task: Task, signal: AbortSignal = new AbortController().signal): Promise<TaskOutcome> {
    return this.bind()(task, signal);
  }

  bind(): ReturnType<Operation['bind']> {
    const roleStores = memoryRoleStores(this.store, { functions: this.functions, denied: this.denied });
    const context: OperationContext = { jobId: JOB_ID, ...roleStores };
    const parsed = parseOperation({ [this.operation.name]: this.parameters });
    return parsed.operation.bind(parsed.parameters, context);
  }

  done(task: Task): boolean {
    return this.setup.done(this, task);
  }
}

export function setupOf(operation: Operation): Setup {
  const setup = SETUPS[operation.name];
  if (setup === undefined) throw new Error(`${operation.name} has no row in SETUPS`);
  return setup;
}

export function taskOf(key: string, bucket = SOURCE, versionId?: string): Task {
  const task = { bucket, key, manifestKey: encodeURIComponent(key), row: 0 };
  return versionId === undefined ? task : { ...task, versionId };
}
