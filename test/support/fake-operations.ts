/**
 * Operations that do nothing but say what they are told to, and remember on which object: for what puts operations together.
 * Each is told by its parameters, so that a test reads as a request.
 */
import { z } from 'zod';
import { SUCCESSFUL, type Task, type TaskOutcome } from '../../contracts/engine/outcome';
import type { OperationPlan } from '../../contracts/engine/plan';
import type { Waited } from '../../contracts/engine/waiting';
import { defaultPlan } from '../../operations/common/plan';
import {
  type BoundOperation,
  defineOperation,
  type OperationContext,
  type OperationDefinition,
} from '../../operations/operation';

const parameters = z.strictObject({
  /** Message of its row; absent: `Successful`. */
  Says: z.string().optional(),
  Fails: z.string().optional(),
  /** Objects (bucket/key) that need nothing. */
  Desired: z.array(z.string()).optional(),
  /** Bucket that it puts its result in, under the same key. */
  To: z.string().optional(),
  Waits: z.boolean().optional(),
});

type FakeParameters = z.infer<typeof parameters>;

export interface FakeCall {
  readonly name: string;
  readonly task: Task;
  readonly context: OperationContext;
}

export interface FakeOptions extends Partial<
  Pick<BoundOperation, 'removesObject' | 'worksWithoutObject' | 'precheck' | 'bindGroup' | 'bindResult' | 'calls'>
> {
  readonly plan?: Partial<Omit<OperationPlan, 'operation'>>;
  readonly hasDesiredState?: boolean;
  readonly makesObjects?: boolean;
}

export class FakeOperations {
  /** What was done, in order. */
  readonly calls: FakeCall[] = [];

  make(name: string, { plan = {}, hasDesiredState, makesObjects, ...more }: FakeOptions = {}): OperationDefinition {
    return defineOperation<FakeParameters>({
      name,
      summary: `Summary of ${name}`,
      call: `Call of ${name}`,
      reference: `https://example.com/${name}`,
      success: `Success of ${name}.`,
      rerun: `Rerun of ${name}.`,
      parameters,
      examples: [],
      withParameters: (given) => ({
        plan: {
          ...defaultPlan(name, plan),
          ...(given.Waits && {
            wait: { kind: 'lists', what: 'luck', firstLookMs: 1, intervalMs: 2, intervalMaxMs: 3 },
          }),
        },
        ...(makesObjects && {
          buckets: given.To === undefined ? {} : { write: [given.To] },
          bindResult: () => (task: Task) => ({ ...task, bucket: given.To ?? task.bucket }),
        }),
        ...(hasDesiredState && {
          bindDesiredState: () => async (task: Task) => given.Desired?.includes(`${task.bucket}/${task.key}`) ?? false,
        }),
        bind: (context) => async (task) => {
          this.calls.push({ name, task, context });
          return task.waited ? afterWait(task.waited) : outcomeOf(given);
        },
        ...(given.Waits && { bindLook: () => async (tasks) => tasks.map(() => ({ found: 'luck' })) }),
        isLost: ({ message }) => message === 'out of luck',
        ...more,
      }),
    });
  }

  /** `name bucket/key` of each call. */
  get done(): string[] {
    return this.calls.map(({ name, task }) => `${name} ${task.bucket}/${task.key}`);
  }
}

const PENDING: TaskOutcome = { status: 'pending', waiting: { since: '2026-01-01T00:00:00Z', state: {} } };

/** It waits until a look has found `luck`. */
function afterWait({ found }: Waited): TaskOutcome {
  return found === 'luck' ? SUCCESSFUL : PENDING;
}

function outcomeOf({ Says, Fails, Waits }: FakeParameters): TaskOutcome {
  if (Fails !== undefined) return { status: 'failed', httpStatus: 409, errorCode: 'Conflict', message: Fails };
  if (Waits) return PENDING;
  return Says === undefined ? SUCCESSFUL : { status: 'succeeded', httpStatus: 200, message: Says };
}
