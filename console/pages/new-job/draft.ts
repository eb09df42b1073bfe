import { type Json, type JsonObject, objectOf, withMember } from '../../form/json';
import { stepsOf } from '../../parts/operation-steps';
import { draftOfSource, NO_SOURCE, SOURCE_MEMBERS, type SourceDraft, sourceOf, type SourceResult } from './source';

/** One operation, with what is said beside its parameters: `When`, `SkipIfInDesiredState`, `AppliesTo`. */
export interface Step {
  /** For React: steps are taken out of the middle. */
  readonly id: number;
  /** Counts how often the parameters were replaced as a whole: what stands in the inputs counts no more then. */
  readonly edition: number;
  /** Empty: not chosen yet. */
  readonly operation: string;
  readonly parameters: JsonObject;
  readonly more: JsonObject;
}

/** What stands in the form. */
export interface Draft {
  readonly source: SourceDraft;
  /** One: the operation. Several: a pipeline. */
  readonly steps: readonly Step[];
  /** Condition of the whole pipeline. */
  readonly when?: Json;
  /** All other members of the request, as they will be sent. */
  readonly others: JsonObject;
}

let lastId = 0;

export function newStep(operation = '', parameters: JsonObject = {}, more: JsonObject = {}): Step {
  lastId += 1;
  return { id: lastId, edition: 0, operation, parameters, more };
}

/** The same step with another operation, or other parameters. */
export function replaced(step: Step, { operation, parameters, more }: Omit<Step, 'id' | 'edition'>): Step {
  return { id: step.id, edition: step.edition + 1, operation, parameters, more };
}

export function newDraft(): Draft {
  return { source: NO_SOURCE, steps: [newStep()], others: {} };
}

/** The form for a job like a former one: its request, as if it were made now. */
export function draftLike(request: JsonObject): Draft {
  const own = ['ClientRequestToken', 'Operation', ...SOURCE_MEMBERS];
  const others = Object.fromEntries(Object.entries(request).filter(([name]) => !own.includes(name)));
  const operation = objectOf(request['Operation']);
  const { When, Pipeline } = operation;
  const steps = stepsOf(operation).map(({ name, parameters, beside }) => newStep(name, parameters, beside));
  const isOfAll = Pipeline !== undefined && When !== undefined;
  return { source: draftOfSource(request), steps, others, ...(isOfAll && { when: When }) };
}

/** The path of a step's operation in a request, as the API names it in what it refuses. */
export function stepPath(draft: Pick<Draft, 'steps'>, index: number): string {
  return draft.steps.length > 1 ? `Operation.Pipeline.Steps.${index}` : 'Operation';
}

/** `Operation` of the request. */
export function operationOf({ steps, when }: Pick<Draft, 'steps' | 'when'>): JsonObject {
  const elements = steps.map(({ operation, parameters, more }) => ({ [operation]: parameters, ...more }));
  const [only = {}] = elements;
  if (elements.length === 1) return withMember(only, 'AppliesTo', undefined);
  return { Pipeline: { Steps: elements }, ...(when !== undefined && { When: when }) };
}

export interface DraftRequest extends SourceResult {
  readonly request: JsonObject;
}

/** The request for what stands in the form. Its source is missing while `problems` says why. */
export function requestOf(draft: Draft): DraftRequest {
  const { members, problems } = sourceOf(draft.source);
  return { request: { ...members, Operation: operationOf(draft), ...draft.others }, members, problems };
}

/** What a preview of the source takes of a request. */
export function previewOf(request: JsonObject): JsonObject {
  const names = [...SOURCE_MEMBERS, 'Filter', 'RoleArn'];
  return Object.fromEntries(Object.entries(request).filter(([name]) => names.includes(name)));
}
