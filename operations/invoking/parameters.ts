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
    .max(LIMITS.tasksPerInvocationMax)
    .optional()
    .describe(`Drover only. Tasks in one request, 1 to ${LIMITS.tasksPerInvocationMax}. Default 1, as on AWS.`),
};

export interface InvocationParameters {
  readonly InvocationSchemaVersion?: '1.0' | '2.0' | undefined;
  readonly UserArguments?: Readonly<Record<string, string>> | undefined;
  readonly TasksPerInvocation?: number | undefined;
}

/** For `superRefine`: schema 1.0 has no place for arguments. */
export function checkUserArguments(given: InvocationParameters, context: z.core.$RefinementCtx): void {
  if (given.UserArguments === undefined || given.InvocationSchemaVersion === '2.0') return;
  context.addIssue({ code: 'custom', path: ['UserArguments'], message: 'needs InvocationSchemaVersion 2.0' });
}
