import { type Problem, problemsOf } from '../../form/check';
import { objectOf } from '../../form/json';
import type { RequestSchemas } from '../../form/request-schemas';
import { type Draft, requestOf, stepPath } from './draft';

/** What can be told to be wrong before the API is asked. */
export function problemsOfDraft(draft: Draft, schemas: RequestSchemas): readonly Problem[] {
  return [
    ...requestOf(draft).problems,
    ...draft.steps.flatMap((_step, index) => problemsOfStep(draft, index, schemas)),
    ...problemsOf(schemas.when, draft.when, 'Operation.When'),
    ...Object.entries(draft.others).flatMap(([name, value]) => problemsOf(schemas.member(name), value, name)),
    ...reportProblems(draft),
  ];
}

function problemsOfStep(draft: Draft, index: number, { parametersOf, when }: RequestSchemas): readonly Problem[] {
  const step = draft.steps[index];
  const path = stepPath(draft, index);
  if (step === undefined || step.operation === '') return [{ path, message: 'is required' }];
  const parameters = parametersOf(step.operation);
  if (parameters === undefined) return [{ path, message: `${step.operation} is not known to this API` }];
  return [
    ...problemsOf(parameters, step.parameters, `${path}.${step.operation}`),
    ...problemsOf(when, step.more['When'], `${path}.When`),
  ];
}

/** The API asks for these only when a report is written. */
function reportProblems({ others: { Report } }: Draft): readonly Problem[] {
  const { Enabled, Bucket } = objectOf(Report);
  return Enabled === true && Bucket === undefined ? [{ path: 'Report.Bucket', message: 'is required' }] : [];
}
