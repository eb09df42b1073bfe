import { BACKOFF, exponentialMs } from '../../contracts/engine/backoff';
import { DroverError } from '../../contracts/engine/failures';
import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import { LIMITS } from '../../contracts/limits';
import { sleep } from '../../storage/http/abort';
import { StoreError } from '../../storage/store-error';
import { failedBy } from '../common/failed-by';
import { isAnswerLost, unknownOutcome } from '../common/send';
import type { OperationContext, PerformGroup, PerformTask } from '../operation';
import { type Answerer, readResults } from './answer';
import type { InvocationParameters } from './parameters';
import { type Invocation, invocationOf } from './request';

/**
 * AWS does not say how often it redrives a temporary failure. Three repeats over some seconds ride out a short trouble
 * behind the function; a longer one is better seen in the report than waited for in each task.
 */
export const REDRIVES_MAX = 3;
const REQUEST_TOO_LARGE = 413;

/** What came back: the results of the tasks, or a failure that is the same for all of them. */
export type Reply =
  | { readonly httpStatus: number; readonly payload: string }
  | {
      readonly httpStatus: number;
      readonly failure: 'TemporaryFailure' | 'PermanentFailure';
      readonly text: string;
      /** Not asked again before that. */
      readonly retryAfterMs?: number | undefined;
    };

export interface Callee {
  readonly answerer: Answerer;
  /** Rejects with StoreError or DroverError when there is no reply. */
  call(invocation: Invocation, signal: AbortSignal): Promise<Reply>;
}

/** The result of one task in one request. `outcome` throws when nothing is known of the task, and it must be taken up again later. */
interface Verdict {
  readonly again: boolean;
  readonly waitMs: number;
  outcome(): TaskOutcome;
}

/**
 * Tasks in one request, and those that failed for now in further ones, three at most, until each has its row. Refusals and lost
 * answers that may pass count as temporary, too: the code has not run, or can tell a repeat by its ids. A request that is too
 * large is made in halves.
 */
export function groupOf(given: InvocationParameters, context: OperationContext, callee: Callee): PerformGroup {
  const trustsMissing = given.TrustMissingResults === true;
  const ask = async (tasks: readonly Task[], signal: AbortSignal): Promise<Verdict[]> => {
    const invocation = invocationOf(given, context, tasks);
    let reply: Reply;
    try {
      reply = await callee.call(invocation, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof StoreError || error instanceof DroverError)) throw error;
      if (tasks.length > 1 && error.httpStatus === REQUEST_TOO_LARGE) return askHalves(tasks, signal);
      return tasks.map(() => verdictOfError(error));
    }
    if ('payload' in reply) return verdicts(reply, invocation, callee.answerer, trustsMissing);
    if (tasks.length > 1 && reply.httpStatus === REQUEST_TOO_LARGE) return askHalves(tasks, signal);
    const verdict = verdictOf(reply.httpStatus, reply.failure, reply.text, reply.retryAfterMs);
    return tasks.map(() => verdict);
  };
  const askHalves = async (tasks: readonly Task[], signal: AbortSignal): Promise<Verdict[]> => {
    const middle = Math.ceil(tasks.length / 2);
    const first = await ask(tasks.slice(0, middle), signal);
    return [...first, ...(await ask(tasks.slice(middle), signal))];
  };
  return {
    tasksMax: given.TasksPerInvocation ?? 1,
    perform: (tasks, signal) => performWithRedrives(tasks, signal, ask),
  };
}

/** As a group of one. */
export function taskOf(group: PerformGroup): PerformTask {
  return async (task, signal) => {
    const [outcome] = await group.perform([task], signal);
    if (!outcome) throw new Error('a group of one task had no outcome');
    return outcome;
  };
}

async function performWithRedrives(
  tasks: readonly Task[],
  signal: AbortSignal,
  ask: (tasks: readonly Task[], signal: AbortSignal) => Promise<Verdict[]>,
): Promise<TaskOutcome[]> {
  signal.throwIfAborted();
  const outcomes = new Map<Task, TaskOutcome>();
  let open = tasks;
  for (let redrive = 0; open.length > 0; redrive += 1) {
    const verdictOfTask = await ask(open, signal);
    const again: Task[] = [];
    let waitMs = 0;
    for (const [index, task] of open.entries()) {
      const verdict = verdictOfTask[index];
      if (!verdict) throw new Error('a task had no verdict');
      if (verdict.again && redrive < REDRIVES_MAX) {
        again.push(task);
        waitMs = Math.max(waitMs, verdict.waitMs);
      } else outcomes.set(task, verdict.outcome());
    }
    if (again.length > 0) {
      const askedMs = Math.min(waitMs, LIMITS.request.retryAfterMaxMs);
      await sleep(askedMs + exponentialMs(redrive + 1, BACKOFF.redrive), signal);
    }
    open = again;
  }
  return tasks.map((task) => outcomes.get(task) as TaskOutcome);
}

function verdicts(
  { httpStatus, payload }: Extract<Reply, { payload: string }>,
  { taskIds }: Invocation,
  answerer: Answerer,
  trustsMissing: boolean,
): Verdict[] {
  const results = readResults(payload, taskIds, answerer, trustsMissing);
  return results.map(({ code, text }) => verdictOf(httpStatus, code, text));
}

function verdictOf(
  httpStatus: number,
  code: 'Succeeded' | 'TemporaryFailure' | 'PermanentFailure',
  message: string,
  waitMs = 0,
): Verdict {
  const outcome: TaskOutcome =
    code === 'Succeeded'
      ? { status: 'succeeded', httpStatus, message }
      : { status: 'failed', httpStatus, errorCode: code, message };
  return { again: code === 'TemporaryFailure', waitMs, outcome: () => outcome };
}

function verdictOfError(error: StoreError | DroverError): Verdict {
  return {
    again: error instanceof StoreError && error.passes,
    waitMs: 0,
    outcome: () => (isAnswerLost(error) ? unknownOutcome(error) : failedBy(error)),
  };
}
