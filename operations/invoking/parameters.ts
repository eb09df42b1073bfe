import { z } from 'zod';
import { LIMITS } from '../../contracts/limits';

/** Members that LambdaInvoke and HttpInvoke share. */
export const invocationMembers = {
  InvocationSchemaVersion: z
    .enum(['1.0', '2.0'])
    .optional()
    .describe('Layout of what is sent. Default 1.0; 2.0 names the bucket instead of its ARN.'),
  UserArguments: z
    .record(z.string().min(1).max(64), z.string().max(1_024))
    .refine((entries) => Object.keys(entries).length >= 1, 'needs at least one entry')
    .refine((entries) => Object.keys(entries).length <= 10, 'at most 10 entries are allowed')
    .optional()
    .describe('Up to 10 values handed over as job.userArguments; with InvocationSchemaVersion 2.0.'),
  TasksPerInvocation: z
    .int()
    .min(1)
    .max(LIMITS.invocation.tasksMax)
    .optional()
    .describe(`Drover only. Tasks in one request, 1 to ${LIMITS.invocation.tasksMax}. Default 1, as on AWS.`),
  TrustMissingResults: z
    .boolean()
    .optional()
    .describe(
      'Drover only. true: in a request of several tasks, treatMissingKeysAs Succeeded counts for tasks without a result. Default false: they have failed, for a handler that reads one task would answer the same.',
    ),
};

export interface InvocationParameters {
  readonly InvocationSchemaVersion?: '1.0' | '2.0' | undefined;
  readonly UserArguments?: Readonly<Record<string, string>> | undefined;
  readonly TasksPerInvocation?: number | undefined;
  readonly TrustMissingResults?: boolean | undefined;
}

/** For `superRefine`: schema 1.0 has no place for arguments, and a task that is alone in its request is as on AWS. */
export function checkInvocation(given: InvocationParameters, context: z.core.$RefinementCtx): void {
  const problem = (member: keyof InvocationParameters, message: string): void =>
    context.addIssue({ code: 'custom', path: [member], message });
  if (given.UserArguments !== undefined && given.InvocationSchemaVersion !== '2.0') {
    problem('UserArguments', 'needs InvocationSchemaVersion 2.0');
  }
  if (given.TrustMissingResults !== undefined && (given.TasksPerInvocation ?? 1) === 1) {
    problem('TrustMissingResults', 'needs a TasksPerInvocation of more than 1');
  }
}
