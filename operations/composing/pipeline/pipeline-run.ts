import type { Task, TaskOutcome } from '../../../contracts/engine/outcome';
import type { FailedOutcome, Waited, WaitingStep } from '../../../contracts/engine/waiting';
import { ask } from '../../common/ask';
import { failedBy } from '../../common/failed-by';
import type { OperationContext, PerformTask } from '../../operation';
import { compileCondition, type Condition, needsLook } from '../condition';
import { bindOptions, isOfMissingObject, type PerformIfApplicable, skipped } from '../conditional';
import { ALREADY_IN_DESIRED_STATE } from '../desired-state';
import { type Look, Looks } from '../look';
import { bindResult, spelled, type Step, stepContext, stepLabel } from '../step';
import {
  type DoneStep,
  farthest,
  findNotes,
  type PipelineNote,
  stateOf,
  UNKNOWN_STATE,
  writeNote,
} from './pipeline-notes';
import { failedAt, succeededWith } from './pipeline-outcome';
import { bindRemovedBefore } from './removed-before';

interface BoundStep extends Step {
  readonly label: string;
  readonly perform: PerformIfApplicable;
  /** Without the options: they have been looked at before the wait. */
  readonly goOn: PerformTask;
  readonly resultOf: ((task: Task) => Task) | undefined;
  /** For steps that remove their object. */
  readonly removedBefore: ReturnType<typeof bindRemovedBefore> | undefined;
}

interface BoundPipeline {
  readonly steps: readonly BoundStep[];
  readonly context: OperationContext;
  /** The condition of the whole pipeline. */
  readonly holds: ((object: Look) => Promise<boolean>) | undefined;
  /** It is about what the steps may change. */
  readonly isLookedAt: boolean;
  /** The source may be gone without any note. */
  readonly beginsWithMove: boolean;
}

/** How far a task has come. */
interface Position {
  readonly next: number;
  readonly done: readonly DoneStep[];
  readonly made: Task;
  readonly sourceRemoved: boolean;
}

export function bindSteps(steps: readonly Step[], context: OperationContext, when?: Condition): PerformTask {
  const bound = steps.map((step, index) => {
    const own = stepContext(context, index);
    const removedBefore = step.operation.removesObject ? bindRemovedBefore(step.operation, own) : undefined;
    const perform = bindOptions(step.operation, step, own);
    const goOn = step.operation.bind(own);
    return { ...step, label: stepLabel(step, index), perform, goOn, resultOf: bindResult(step, own), removedBefore };
  });
  const pipeline = {
    steps: bound,
    context,
    holds: when && compileCondition(when, context.createdAt),
    isLookedAt: when !== undefined && needsLook(when),
    beginsWithMove: beginsWithMove(steps),
  };
  const mayNote = keepsNotes(steps, pipeline.isLookedAt);
  return async ({ waited, ...task }, signal) => {
    signal.throwIfAborted();
    const notes = mayNote ? await findNotes(context, task) : [];
    const outcome = await new TaskRun(pipeline, task, waited, notes, signal).run();
    if (!mayNote || !isOfMissingObject(outcome)) return outcome;
    // A run that was given up may have come farther since.
    const anew = await findNotes(context, task, { anew: true });
    return anew.length > notes.length ? new TaskRun(pipeline, task, waited, anew, signal).run() : outcome;
  };
}

/** By its target a move tells whether it has removed the object in a former run: such a pipeline can be begun again. */
function beginsWithMove([first]: readonly Step[]): boolean {
  if (first?.when !== undefined) return false;
  return first?.operation.removesObject === true && first.operation.bindResult !== undefined;
}

function keepsNotes(steps: readonly Step[], isLookedAt: boolean): boolean {
  const removes = (isLookedAt ? steps : steps.slice(1)).some(({ operation }) => operation.removesObject);
  return removes || (steps.length > 1 && (isLookedAt || steps.some(decidesOnResult)));
}

/** To which object the next steps apply is decided by a look at one that they may change. */
function decidesOnResult({ operation, when }: Step): boolean {
  return operation.bindResult !== undefined && when !== undefined && needsLook(when);
}

/** One run over one object. */
class TaskRun {
  private readonly looks: Looks;
  /** Objects that decisions hang on which no note has yet. */
  private readonly undecided = new Set<string>();
  /** Steps that a former run has done, with what they said: whether they were for the object is not asked again. */
  private readonly doneBefore: ReadonlyMap<number, string>;
  private source: string | undefined;

  constructor(
    private readonly pipeline: BoundPipeline,
    private readonly task: Task,
    private readonly waited: Waited | undefined,
    private readonly notes: readonly PipelineNote[],
    private readonly signal: AbortSignal,
  ) {
    this.looks = new Looks(pipeline.context, signal);
    this.doneBefore = new Map(farthest(notes)?.done);
    if (pipeline.isLookedAt && waited === undefined) this.undecided.add(nameOf(task));
  }

  async run(): Promise<TaskOutcome> {
    const begin = await this.whereToBegin();
    if ('status' in begin) return begin;
    if (this.waited === undefined) return (await this.passedOver(begin)) ?? this.runSteps(begin);
    const { next } = waitingStep(this.waited);
    return begin.next > next ? this.runSteps(begin) : this.goOn(this.waited);
  }

  /** From the step that has waited. */
  private async goOn(waited: Waited): Promise<TaskOutcome> {
    const { step: index, next, done } = waitingStep(waited);
    const outcome = await this.performWaited(waited);
    if (outcome.status !== 'succeeded') return outcome;
    return this.runSteps(this.after(inOrder([...done, [index, outcome.message]]), next));
  }

  private async performWaited(waited: Waited): Promise<TaskOutcome> {
    const place = waitingStep(waited);
    const step = this.pipeline.steps[place.step];
    if (step === undefined) throw new Error(`a task waits in step ${place.step}, and there is none`);
    const { key } = place.object;
    const manifestKey = key === this.task.key ? this.task.manifestKey : spelled(key);
    const target = { ...place.object, manifestKey, row: this.task.row, waited };
    const outcome = await step.goOn(target, this.signal);
    if (outcome.status === 'failed') return failedAt(step.label, outcome);
    return outcome.status === 'pending' ? waitingAt(outcome, place) : outcome;
  }

  /** What the wait was for is gone before the step was: it is waited for once more, if its operation thinks so. */
  private async waitAnew(failed: FailedOutcome, index: number, target: Task, done: readonly DoneStep[]) {
    if (this.waited === undefined) return undefined;
    const place = waitingStep(this.waited);
    const { operation } = this.pipeline.steps[place.step] ?? {};
    if (nameOf(place.object) !== nameOf(target) || operation?.isLost?.(failed) !== true) return undefined;
    const step = { ...place, next: index, done: done.filter(([former]) => former !== place.step) };
    return this.performWaited({ waiting: { ...this.waited.waiting, step }, found: 'lost' });
  }

  /**
   * After the last step that has removed its object: the former ones are known to be done, and could not be done again. While
   * that object is there they are done again, for it may be another one by now. Or the row of the removal, where it failed.
   */
  private async whereToBegin(): Promise<Position | TaskOutcome> {
    const note = farthest(this.notes);
    if (note === undefined) return this.after([], 0);
    const before = this.after(note.done, note.step);
    const step = this.pipeline.steps[note.step];
    const removed = await step?.removedBefore?.(this.targetOf(step, before.made), this.signal);
    if (step && removed?.status === 'failed') return failedAt(step.label, removed);
    if (removed?.status === 'succeeded') return this.after([...note.done, [note.step, removed.message]], note.step + 1);
    const last = note.done.findLastIndex(([index]) => this.pipeline.steps[index]?.removedBefore !== undefined);
    return this.after(note.done.slice(0, last + 1), (note.done[last]?.[0] ?? -1) + 1);
  }

  private after(done: readonly DoneStep[], next: number): Position {
    let made = this.task;
    let sourceRemoved = false;
    for (const [index] of done) {
      const step = this.pipeline.steps[index];
      if (step === undefined) continue;
      const target = this.targetOf(step, made);
      if (step.removedBefore && nameOf(target) === nameOf(this.task)) sourceRemoved = true;
      made = step.resultOf?.(target) ?? made;
    }
    return { next, done, made, sourceRemoved };
  }

  private targetOf({ appliesTo }: Step, made: Task): Task {
    return appliesTo === 'Source' ? this.task : made;
  }

  /** The row when the condition of the whole pipeline decides it. */
  private async passedOver({ sourceRemoved }: Position): Promise<TaskOutcome | undefined> {
    const { holds, context, beginsWithMove: isMoved } = this.pipeline;
    // What is there under its name is not what the task is about.
    if (holds === undefined || sourceRemoved) return undefined;
    const found = await ask(() => holds(this.looks.of(this.task)), this.task, context, this.signal);
    if ('refused' in found) return isMoved && isOfMissingObject(found.refused) ? undefined : found.refused;
    if (found.answer) return undefined;
    const states = this.notes.flatMap(({ source }) => source ?? []);
    if (states.length === 0) return skipped(context);
    const now = await this.stateOfSource();
    const isKnown = now !== undefined && now !== UNKNOWN_STATE;
    return isKnown && states.includes(now) ? undefined : this.undecidable();
  }

  private undecidable(): TaskOutcome {
    const done = [...this.doneBefore.keys()].map((index) => this.pipeline.steps[index]?.label);
    const message =
      'A run that was cut off had begun with the object. Now the condition does not hold and the content is another: whether by that run, and whether the other steps are for it, is not known. ' +
      `Known to be done: ${done.length === 0 ? 'no step' : done.join(', ')}`;
    return { status: 'failed', httpStatus: 409, errorCode: 'OperationAborted', message };
  }

  private async runSteps(begin: Position): Promise<TaskOutcome> {
    let { made } = begin;
    const done = [...begin.done];
    const { steps, context } = this.pipeline;
    for (const [index, step] of steps.entries()) {
      if (index < begin.next) continue;
      const target = this.targetOf(step, made);
      const outcome =
        (await step.perform(target, this.looks, this.signal, () => this.noteBefore(index, target, done))) ??
        this.ofFormerRun(index);
      if (outcome === undefined) continue;
      if (outcome.status === 'failed') {
        return (await this.waitAnew(outcome, index, target, done)) ?? failedAt(step.label, outcome);
      }
      if (outcome.status === 'pending') {
        return waitingAt(outcome, { step: index, next: index + 1, done, object: objectOf(target) });
      }
      if (outcome !== ALREADY_IN_DESIRED_STATE) this.looks.forget();
      done.push([index, outcome.message]);
      const result = step.resultOf && resultTask(step.resultOf, target);
      if (result && 'status' in result) return result.status === 'failed' ? failedAt(step.label, result) : result;
      if (decidesOnResult(step)) this.undecided.add(nameOf(target));
      made = result ?? made;
    }
    const said = done.map(([index, message]) => ({ label: steps[index]?.label ?? '', message }));
    return succeededWith(said, skipped(context));
  }

  /** The condition that the step was done under may no longer hold, because of what came after it. */
  private ofFormerRun(index: number): TaskOutcome | undefined {
    const message = this.doneBefore.get(index);
    return message === undefined ? undefined : { status: 'succeeded', httpStatus: 200, message };
  }

  private async noteBefore(index: number, target: Task, done: readonly DoneStep[]): Promise<void> {
    const step = this.pipeline.steps[index];
    if (step === undefined) return;
    const { steps, context, isLookedAt, beginsWithMove: isMoved } = this.pipeline;
    if (index === 0 && isMoved) return;
    // The former steps, or the condition of all, can't be repeated without it.
    const removesWhatIsNeeded = step.removedBefore !== undefined && (index > 0 || isLookedAt);
    const isLast = index === steps.length - 1;
    const endsDecision = !isLast && this.undecided.has(nameOf(target)) && changes(step, target);
    if (!removesWhatIsNeeded && !endsDecision) return;
    if (isLookedAt) this.source ??= await this.stateOfSource();
    const source = this.source === undefined ? {} : { source: this.source };
    await writeNote(context, this.task, { step: index, done: [...done], ...source });
    this.undecided.clear();
    this.signal.throwIfAborted();
  }

  private async stateOfSource(): Promise<string | undefined> {
    const { task, signal } = this;
    const question = async (): Promise<string> => stateOf(await this.looks.of(task).properties());
    const found = await ask(question, task, this.pipeline.context, signal);
    return 'answer' in found ? found.answer : undefined;
  }
}

function waitingStep({ waiting: { step } }: Waited): WaitingStep {
  if (step === undefined) throw new Error('a task of a pipeline has waited, and nobody knows in which step');
  return step;
}

function waitingAt(outcome: TaskOutcome & { readonly status: 'pending' }, step: WaitingStep): TaskOutcome {
  const { waiting } = outcome;
  return waiting === undefined ? outcome : { ...outcome, waiting: { ...waiting, step } };
}

function inOrder(done: readonly DoneStep[]): DoneStep[] {
  return [...done].sort(([a], [b]) => a - b);
}

function objectOf({ bucket, key, versionId }: Task): WaitingStep['object'] {
  return versionId === undefined ? { bucket, key } : { bucket, key, versionId };
}

function nameOf({ bucket, key }: Pick<Task, 'bucket' | 'key'>): string {
  return `${bucket}/${key}`;
}

/** A copy elsewhere leaves its object as it was. */
function changes({ operation, resultOf, removedBefore }: BoundStep, target: Task): boolean {
  if (operation.changesNothing) return false;
  if (resultOf === undefined || removedBefore !== undefined) return true;
  const result = resultTask(resultOf, target);
  return !('status' in result) && nameOf(result) === nameOf(target);
}

/** What the step could act on has a result; anything else becomes the row all the same. */
function resultTask(resultOf: (task: Task) => Task, target: Task): Task | TaskOutcome {
  try {
    return resultOf(target);
  } catch (error) {
    return failedBy(error);
  }
}
