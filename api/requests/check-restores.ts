import { DroverError } from '../../contracts/engine/failures';
import type { OperationPlan } from '../../contracts/engine/plan';
import type { JobLimits } from '../../contracts/job';

/**
 * Throws `BadRequestException` for limits of restores where the job asks for none, or can't wait for their turn, as those of former
 * versions. `path` is that of the limits.
 */
export function checkRestores(
  { Restores }: JobLimits,
  plan: Pick<OperationPlan, 'wait'> | undefined,
  path: string,
): void {
  if (Restores === undefined || plan?.wait?.kind === 'lists') return;
  throw new DroverError(
    'BadRequestException',
    `${path}Restores: has a meaning only for a job with S3InitiateRestoreObject, by itself or as a step of a pipeline, that no former version of Drover has started`,
  );
}
