import type { JobInput } from '../../../contracts/job';
import { goTo } from './defective';

/** Bundled by test/workflows/job/illegal-transition.test.ts: the same job without the defect. */
export function jobWorkflow(input: JobInput): Promise<void> {
  return goTo('Ready', input);
}
