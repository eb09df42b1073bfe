import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { LIMITS } from '../contracts/limits';
import { classify } from '../storage/http/error-meanings';
import type { WebhookAnswer } from '../storage/object-store';
import { checkInvocation, invocationMembers } from './invoking/parameters';
import { invocationPlan } from './invoking/plan';
import { type Callee, groupOf, type Reply, taskOf } from './invoking/redrive';
import { defineOperation, type OperationContext, type PerformGroup } from './operation';

const NAME = 'HttpInvoke';
const TIMEOUT_SECONDS_MAX = LIMITS.invocation.webhookTimeoutMsMax / 1_000;
const TIMEOUT_SECONDS = LIMITS.invocation.webhookTimeoutMs / 1_000;

const parameters = z
  .strictObject({
    Url: z
      .url({ protocol: /^https?$/, error: 'must be an http or https URL', abort: true })
      .max(LIMITS.notification.urlCharsMax)
      .refine((url) => !hasUserInfo(url), 'must not hold a user name or password')
      .refine((url) => !url.includes('#'), 'must not hold a fragment')
      .describe('Where requests are posted to: `http` or `https`. The configuration must allow it to the role.'),
    ...invocationMembers,
    TimeoutSeconds: z
      .int()
      .min(1)
      .max(TIMEOUT_SECONDS_MAX)
      .optional()
      .describe(`Seconds for one answer, 1 to ${TIMEOUT_SECONDS_MAX}. Default ${TIMEOUT_SECONDS}.`),
  })
  .superRefine(checkInvocation);

type Parameters = z.infer<typeof parameters>;

/**
 * Posts to a webhook what LambdaInvoke hands to a function, and takes the same answers, so that handlers written for
 * S3 Batch Operations serve both. Requests are signed as Standard Webhooks says; the secret is the configuration's.
 */
export const invokeWebhook = defineOperation({
  name: NAME,
  summary: 'Post each object to a webhook',
  call: 'POST',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-invoke-lambda.html',
  success: 'The webhook answered Succeeded; its resultString stands in the report.',
  rerun:
    'Posts again with the same taskId (and, for the same tasks, the same invocationId and webhook-id): the webhook decides.',
  parameters,
  examples: [
    { title: 'Ask a webhook about each object', parameters: { Url: 'https://handlers.example.org/check' } },
    {
      title: 'A hundred objects in one request, five minutes for each',
      parameters: {
        Url: 'https://handlers.example.org/resize',
        InvocationSchemaVersion: '2.0',
        UserArguments: { width: '640', format: 'webp' },
        TasksPerInvocation: 100,
        TimeoutSeconds: 300,
      },
    },
  ],
  withParameters(given) {
    const { TasksPerInvocation = 1 } = given;
    const isGroup = TasksPerInvocation > 1;
    const group = (context: OperationContext): PerformGroup => groupOf(given, context, webhookCallee(given, context));
    return {
      plan: invocationPlan(NAME, TasksPerInvocation, timeoutMs(given)),
      calls: { urls: [given.Url] },
      worksWithoutObject: true,
      inGroupsOnly: isGroup ? 'TasksPerInvocation' : undefined,
      bind: (context) => taskOf(group(context)),
      bindGroup: isGroup ? group : undefined,
    };
  },
});

function timeoutMs({ TimeoutSeconds = TIMEOUT_SECONDS }: Parameters): number {
  return TimeoutSeconds * 1_000;
}

function hasUserInfo(url: string): boolean {
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}

function webhookCallee(given: Parameters, { webhooks }: OperationContext): Callee {
  return {
    answerer: { who: 'The webhook', where: 'by the webhook' },
    call: async ({ id, payload }, signal) =>
      replyOf(await webhooks.post(given.Url, id, payload, { signal, timeoutMs: timeoutMs(given) })),
  };
}

/**
 * The row of an HTTP failure has the HTTP status, and as its code whether it was worth another attempt: 408, 429, 499 and 5xx are,
 * but for 501 and 505.
 */
function replyOf(answer: WebhookAnswer): Reply {
  const { httpStatus, body, retryAfterMs, location } = answer;
  const answered = `The webhook answered ${httpStatus} ${STATUS_CODES[httpStatus] ?? ''}`.trimEnd();
  if (httpStatus >= 200 && httpStatus < 300) {
    if (body !== '') return { httpStatus, payload: body };
    const text = `${answered} without results: it must answer when the tasks are done`;
    return { httpStatus, failure: 'PermanentFailure', text };
  }
  if (httpStatus < 400) {
    const where = location === undefined ? '' : ` to ${location.slice(0, LIMITS.invocation.errorCharsMax)}`;
    return { httpStatus, failure: 'PermanentFailure', text: `${answered}${where}: redirects are not followed` };
  }
  const said = body.slice(0, LIMITS.invocation.errorCharsMax).trim();
  const text = said === '' ? answered : `${answered}: ${said}`;
  const failure = classify(httpStatus, '') === 'final' ? 'PermanentFailure' : 'TemporaryFailure';
  return { httpStatus, failure, text, retryAfterMs };
}
