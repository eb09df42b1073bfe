import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bucketArn } from '../contracts/arn';
import type { JsonObject } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import type { Task, TaskOutcome } from '../contracts/outcome';
import { sleep } from '../storage/abort';
import type { FunctionAnswer } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { failedBy } from './common/failed-by';
import { defineOperation, type OperationContext } from './operation';
import { defaultPlan } from './common/plan';
import { isAnswerLost, unknownOutcome } from './common/send';

const NAME = 'LambdaInvoke';

/**
 * AWS does not say how often it redrives a temporary failure. Three repeats over some seconds ride out a short trouble
 * behind the function; a longer one is better seen in the report than waited for in each task.
 */
const REDRIVES_MAX = 3;
const REDRIVE_BACKOFF_BASE_MS = 1_000;
/** Few rows a batch, as a call lasts as long as the function: pause and shutdown wait for calls that have been made. */
const BATCH_ROWS = 200;
/** With 8 batch slots a worker makes 256 calls at once: a quarter of an account's 1,000 concurrent executions on AWS. */
const REQUESTS_IN_FLIGHT = 32;
/** Every task at its longest, redriven each time. */
const BATCH_TIMEOUT_MS = Math.ceil(BATCH_ROWS / REQUESTS_IN_FLIGHT) * LIMITS.functionTimeoutMs * (1 + REDRIVES_MAX);

/** The pattern of API_control_LambdaInvokeOperation: a full ARN, a partial one or a name, with version or alias. */
const FUNCTION_ARN =
  /^(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2,}(-[a-z]+)+-\d:)?(\d{12}:)?(function:)?[a-zA-Z0-9_-]+(:(\$LATEST|[a-zA-Z0-9_-]+))?$/;

const parameters = z
  .strictObject({
    FunctionArn: z
      .string()
      .min(1)
      .max(1_024)
      .regex(FUNCTION_ARN, 'must be the ARN or the name of a function')
      .describe('ARN or name of the function. Name a version to keep to it while the job runs.'),
    InvocationSchemaVersion: z
      .enum(['1.0', '2.0'])
      .optional()
      .describe('Layout of what the function receives. Default 1.0; 2.0 names the bucket instead of its ARN.'),
    UserArguments: z
      .record(z.string().min(1).max(64), z.string().max(1_024))
      .refine((entries) => Object.keys(entries).length >= 1, 'needs at least one entry')
      .refine((entries) => Object.keys(entries).length <= 10, 'at most 10 entries are allowed')
      .optional()
      .describe('Up to 10 values handed to the function as job.userArguments; with InvocationSchemaVersion 2.0.'),
  })
  .refine((given) => given.UserArguments === undefined || given.InvocationSchemaVersion === '2.0', {
    path: ['UserArguments'],
    error: 'needs InvocationSchemaVersion 2.0',
  });

type Parameters = z.infer<typeof parameters>;

const RESULT_CODES = ['Succeeded', 'TemporaryFailure', 'PermanentFailure'] as const;

const functionResponse = z.object({
  treatMissingKeysAs: z.enum(RESULT_CODES).nullish(),
  results: z.array(
    z.object({ taskId: z.string(), resultCode: z.enum(RESULT_CODES), resultString: z.string().nullish() }),
  ),
});

interface FunctionResult {
  readonly code: (typeof RESULT_CODES)[number];
  readonly text: string;
}

/**
 * Invokes a function for each object, one task per invocation, and takes its verdict.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
 *
 * `invocationId` and `taskId` are hashes of job and row: the same in every repeat, so that a function can recognise one.
 */
export const invokeFunction = defineOperation<Parameters>({
  name: NAME,
  summary: 'Invoke a function for each object',
  call: 'Lambda Invoke',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html',
  success: 'The function answered Succeeded; its resultString stands in the report.',
  rerun: 'Invokes the function again with the same invocationId and taskId: the function decides.',
  calls: ({ FunctionArn }) => ({ functions: [FunctionArn] }),
  parameters,
  examples: [
    {
      title: 'Ask a function about each object',
      parameters: { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:check-object' },
    },
    {
      title: 'A fixed version, with arguments',
      parameters: {
        FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:resize-image:7',
        InvocationSchemaVersion: '2.0',
        UserArguments: { width: '640', format: 'webp' },
      },
    },
  ],
  plan: () =>
    defaultPlan(NAME, {
      batchRows: BATCH_ROWS,
      requestsInFlight: REQUESTS_IN_FLIGHT,
      batchTimeoutMs: BATCH_TIMEOUT_MS,
    }),
  bind(given, context) {
    return async (task, signal) => {
      signal.throwIfAborted();
      const taskId = stableId('task', context.jobId, task.row);
      const payload = JSON.stringify(invocation(given, context.jobId, task, taskId));
      try {
        return await invokeWithRedrives(given.FunctionArn, payload, taskId, context, signal);
      } catch (error) {
        return isAnswerLost(error) ? unknownOutcome(error) : failedBy(error);
      }
    };
  },
});

function stableId(kind: string, jobId: string, row: number): string {
  return createHash('sha256').update(`${kind}/${jobId}/${row}`).digest('base64');
}

function invocation(given: Parameters, jobId: string, task: Task, taskId: string): JsonObject {
  const subject = { taskId, s3Key: task.manifestKey, s3VersionId: task.versionId ?? null };
  const invocationId = stableId('invocation', jobId, task.row);
  if (given.InvocationSchemaVersion !== '2.0') {
    const tasks = [{ ...subject, s3BucketArn: bucketArn(task.bucket) }];
    return { invocationSchemaVersion: '1.0', invocationId, job: { id: jobId }, tasks };
  }
  const job = { id: jobId, ...(given.UserArguments === undefined ? {} : { userArguments: given.UserArguments }) };
  return { invocationSchemaVersion: '2.0', invocationId, job, tasks: [{ ...subject, s3Bucket: task.bucket }] };
}

/**
 * One task, redriven while it may go well the next time. A throttle that outlasts the invoker's own short retries and a lost
 * answer count as temporary too: the function has not run, or can tell the repeat by its ids.
 */
async function invokeWithRedrives(
  functionArn: string,
  payload: string,
  taskId: string,
  context: OperationContext,
  signal: AbortSignal,
): Promise<TaskOutcome> {
  for (let redrive = 0; ; redrive += 1) {
    const last = redrive === REDRIVES_MAX;
    try {
      const result = readAnswer(await context.functions.invoke(functionArn, payload, { signal }), taskId);
      if (result.code === 'Succeeded') return { status: 'succeeded', httpStatus: 200, message: result.text };
      if (result.code === 'PermanentFailure' || last) {
        return { status: 'failed', httpStatus: 200, errorCode: result.code, message: result.text };
      }
    } catch (error) {
      if (last || !(isThrottle(error) || isAnswerLost(error))) throw error;
    }
    await sleep(backoffMs(redrive), signal);
  }
}

function isThrottle(error: unknown): boolean {
  return error instanceof StoreError && (error.httpStatus === 429 || error.code === 'TooManyRequestsException');
}

/** Half of the delay is chance, so that tasks throttled together don't come back together. */
function backoffMs(redrive: number): number {
  const delayMs = Math.min(REDRIVE_BACKOFF_BASE_MS * 2 ** redrive, LIMITS.requestBackoffMaxMs);
  return delayMs / 2 + (Math.random() * delayMs) / 2;
}

/** Texts are those of AWS's reports (user guide, "Examples of S3 Batch Operations completion reports"). */
function readAnswer(answer: FunctionAnswer, taskId: string): FunctionResult {
  if (answer.functionError !== undefined) return permanent(`Lambda returned function error: ${answer.payload}`);
  let json: unknown;
  try {
    json = JSON.parse(answer.payload);
  } catch {
    return permanent('Invalid JSON returned in Lambda payload');
  }
  const response = functionResponse.safeParse(json);
  if (!response.success) {
    const issue = response.error.issues[0];
    return permanent(
      `Invalid response returned in Lambda payload: ${issue?.path.join('.') || 'payload'}: ${issue?.message}`,
    );
  }
  const result = response.data.results.find((candidate) => candidate.taskId === taskId);
  if (result !== undefined) return { code: result.resultCode, text: result.resultString ?? '' };
  return {
    code: response.data.treatMissingKeysAs ?? 'TemporaryFailure',
    text: 'Lambda returned no result for this task',
  };
}

function permanent(text: string): FunctionResult {
  return { code: 'PermanentFailure', text };
}
