import { z } from 'zod';
import { LIMITS } from '../contracts/limits';
import { checkInvocation, invocationMembers } from './invoking/parameters';
import { invocationPlan } from './invoking/plan';
import { type Callee, groupOf, taskOf } from './invoking/redrive';
import { defineOperation, type OperationContext, type PerformGroup } from './operation';

const NAME = 'LambdaInvoke';

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
    ...invocationMembers,
  })
  .superRefine(checkInvocation);

type Parameters = z.infer<typeof parameters>;

/**
 * Invokes a function for each object and takes its verdict. One task per invocation, as AWS does, unless told otherwise.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html
 */
export const invokeFunction = defineOperation({
  name: NAME,
  summary: 'Invoke a function for each object',
  call: 'Lambda Invoke',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html',
  success: 'The function answered Succeeded; its resultString stands in the report.',
  rerun:
    'Invokes the function again with the same taskId (and, for the same tasks, the same invocationId): the function decides.',
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
    {
      title: 'A hundred objects in one invocation',
      parameters: {
        FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:index-objects',
        InvocationSchemaVersion: '2.0',
        TasksPerInvocation: 100,
      },
    },
  ],
  withParameters(given) {
    const { TasksPerInvocation = 1 } = given;
    const isGroup = TasksPerInvocation > 1;
    const group = (context: OperationContext): PerformGroup => groupOf(given, context, functionCallee(given, context));
    return {
      plan: invocationPlan(NAME, TasksPerInvocation, LIMITS.invocation.functionTimeoutMs),
      calls: { functions: [given.FunctionArn] },
      worksWithoutObject: true,
      inGroupsOnly: isGroup ? 'TasksPerInvocation' : undefined,
      bind: (context) => taskOf(group(context)),
      bindGroup: isGroup ? group : undefined,
    };
  },
});

function functionCallee({ FunctionArn }: Parameters, { functions }: OperationContext): Callee {
  return {
    answerer: { who: 'Lambda', where: 'in Lambda payload' },
    async call({ payload }, signal) {
      const { httpStatus, functionError, payload: answer } = await functions.invoke(FunctionArn, payload, { signal });
      if (functionError === undefined) return { httpStatus, payload: answer };
      const text = `Lambda returned function error: ${answer.slice(0, LIMITS.invocation.errorCharsMax)}`;
      return { httpStatus, failure: 'PermanentFailure', text };
    },
  };
}
