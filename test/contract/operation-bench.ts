/** What the contract suite needs to know of each operation, and the bench it runs them on: in-memory store, faults, one role. */
import type { JsonObject } from '../../contracts/job';
import type { Task, TaskOutcome } from '../../contracts/outcome';
import { parseOperation } from '../../operations';
import type { Operation, OperationContext } from '../../operations/operation';
import type { ObjectSeed } from '../support/memory-bucket';
import type { Faults } from '../support/memory-faults';
import { MemoryFunctions } from '../support/memory-functions';
import { MemoryStore, memoryRoleStores } from '../support/memory-store';

export const SOURCE = 'source';
export const TARGET = 'archive';
export const JOB_ID = '5f0b6a0e-6a3c-5d0c-9a54-1b1f3a1f0001';

export interface World {
  readonly store: MemoryStore;
  readonly functions: MemoryFunctions;
}

export interface Setup {
  /** Taken from the operation's first example unless given. */
  readonly parameters?: JsonObject;
  readonly seed?: ObjectSeed;
  /** The call that does the work. */
  readonly method: string;
  /** True when the operation has done its work on this object. */
  readonly done: (world: World, task: Task) => boolean;
  /** Parameters to be refused, with the member that the message must name. */
  readonly invalid: readonly (readonly [parameters: JsonObject, names: string])[];
  /** The operation does not touch the object itself, so that it need not exist. */
  readonly objectNotNeeded?: true;
  /** What a second run at once says, where that is not a success again. */
  readonly secondRun?: Partial<TaskOutcome>;
}

export const TAGS = [{ Key: 'before', Value: 'yes' }];

export const SETUPS: Readonly<Record<string, Setup>> = {
  LambdaInvoke: {
    method: 'invoke',
    objectNotNeeded: true,
    done: ({ functions }, task) =>
      functions.requests.some(
        ({ tasks }) => tasks[0]?.s3Key === task.manifestKey && tasks[0].s3VersionId === (task.versionId ?? null),
      ),
    invalid: [
      [{}, 'FunctionArn'],
      [{ FunctionArn: 'not a function' }, 'FunctionArn'],
      [{ FunctionArn: 'f', InvocationSchemaVersion: '3.0' }, 'InvocationSchemaVersion'],
      [{ FunctionArn: 'f', UserArguments: { a: 'b' } }, 'UserArguments'],
    ],
  },
  S3DeleteObjectTagging: {
    method: 'deleteObjectTagging',
    done: ({ store }, task) => store.peek(task.bucket, task.key, task.versionId)?.tags.length === 0,
    invalid: [[{ TagSet: [] }, 'TagSet']],
  },
  S3InitiateRestoreObject: {
    method: 'restoreObject',
    seed: { storageClass: 'GLACIER' },
    done: ({ store }, task) => store.peek(task.bucket, task.key, task.versionId)?.restore !== undefined,
    invalid: [
      [{ ExpirationInDays: 0 }, 'ExpirationInDays'],
      [{ ExpirationInDays: 1.5 }, 'ExpirationInDays'],
      [{ GlacierJobTier: 'EXPEDITED' }, 'GlacierJobTier'],
      [{ RestorePollSeconds: 60 }, 'RestorePollSeconds'],
    ],
    secondRun: { status: 'failed', httpStatus: 409, errorCode: 'RestoreAlreadyInProgress' },
  },
  S3PutObjectCopy: {
    method: 'copyObject',
    parameters: { TargetResource: `arn:aws:s3:::${TARGET}` },
    done: ({ store }, task) =>
      store
        .peek(TARGET, task.key)
        ?.body.equals(store.peek(task.bucket, task.key, task.versionId)?.body ?? Buffer.of(0)) ?? false,
    invalid: [
      [{}, 'TargetResource'],
      [{ TargetResource: TARGET }, 'TargetResource'],
      [{ TargetResource: `arn:aws:s3:::${TARGET}/folder` }, 'TargetResource'],
      [
        { TargetResource: `arn:aws:s3:::${TARGET}`, NewObjectTagging: [{ Key: '', Value: 'v' }] },
        'NewObjectTagging.0.Key',
      ],
    ],
  },
  S3PutObjectTagging: {
    method: 'putObjectTagging',
    done: ({ store }, task) =>
      store.peek(task.bucket, task.key, task.versionId)?.tags.some(({ Key }) => Key === 'expire') ?? false,
    invalid: [
      [{}, 'TagSet'],
      [{ TagSet: [{ Key: 'k' }] }, 'TagSet.0.Value'],
      [{ TagSet: [{ Key: 'k', Value: 'v', Colour: 'red' }] }, 'TagSet.0.Colour'],
      [
        {
          TagSet: [
            { Key: 'k', Value: '1' },
            { Key: 'k', Value: '2' },
          ],
        },
        'TagSet.1.Key',
      ],
    ],
  },
};

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
