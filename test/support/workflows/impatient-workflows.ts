/** The workflows with a confirmation that is awaited for two seconds instead of 30 days. */
import { LIMITS } from '../../../contracts/limits';

(LIMITS.job as { confirmationTimeoutMs: number }).confirmationTimeoutMs = 2_000;

export * from '../../../workflows';
