import { type JsonObject, listOf, objectOf } from '../form/json';

/** One operation of a request. */
export interface OperationStep {
  readonly name: string;
  readonly parameters: JsonObject;
  /** Conditions and the like, which stand beside the operation. */
  readonly beside: JsonObject;
}

const BESIDE = ['When', 'SkipIfInDesiredState', 'AppliesTo'];

/** The steps of a pipeline; of another operation, the one that it is. */
export function stepsOf(operation: JsonObject): OperationStep[] {
  const { Pipeline } = operation;
  const elements = Pipeline === undefined ? [operation] : listOf(objectOf(Pipeline)['Steps']).map(objectOf);
  return elements.map(stepOf);
}

function stepOf(element: JsonObject): OperationStep {
  const entries = Object.entries(element);
  const [name = '', parameters] = entries.find(([member]) => !BESIDE.includes(member)) ?? [];
  const beside = Object.fromEntries(entries.filter(([member]) => member !== name));
  return { name, parameters: objectOf(parameters), beside };
}
