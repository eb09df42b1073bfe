import type { JobOperation } from './job';

/** Members of an Operation element beside the operation itself. */
export const OPERATION_OPTIONS: readonly string[] = ['When', 'SkipIfInDesiredState'];

/** Name of the operation that a checked element asks for; `Pipeline` for several. */
export function operationName(element: JobOperation): string {
  return Object.keys(element).find((member) => !OPERATION_OPTIONS.includes(member)) ?? '';
}
