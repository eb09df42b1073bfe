import { DroverError } from '../../contracts/engine/failures';
import type { JobLimits, JobOperation } from '../../contracts/job';

const RESTORE = 'S3InitiateRestoreObject';

/** Throws `BadRequestException` for limits of restores where the job asks for none. `path` is that of the limits. */
export function checkRestores({ Restores }: JobLimits, operation: JobOperation, path: string): void {
  if (Restores === undefined || restores(operation)) return;
  throw new DroverError(
    'BadRequestException',
    `${path}Restores: has a meaning only for a job with ${RESTORE}, by itself or as a step of a pipeline`,
  );
}

function restores(operation: JobOperation): boolean {
  const { Pipeline } = operation as { readonly Pipeline?: { readonly Steps?: readonly JobOperation[] } };
  return RESTORE in operation || (Pipeline?.Steps ?? []).some((step) => RESTORE in step);
}
