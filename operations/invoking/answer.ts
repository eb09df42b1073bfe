import { z } from 'zod';
import { firstProblem, type MemberPath } from '../../contracts/text/schema-problems';

const RESULT_CODES = ['Succeeded', 'TemporaryFailure', 'PermanentFailure'] as const;

export type ResultCode = (typeof RESULT_CODES)[number];

export interface TaskResult {
  readonly code: ResultCode;
  readonly text: string;
}

/** The one that answered, as messages call it. */
export interface Answerer {
  /** Begins a sentence. */
  readonly who: string;
  /** Completes "Invalid JSON returned …". */
  readonly where: string;
}

const response = z.object({ treatMissingKeysAs: z.enum(RESULT_CODES).nullish(), results: z.array(z.unknown()) });
const named = z.object({ taskId: z.string() });
const result = named.extend({ resultCode: z.enum(RESULT_CODES), resultString: z.string().nullish() });

/**
 * The results of these tasks, in their order. The first of two for one task counts; those of other tasks do not. An answer
 * that can't be read is the failure of all tasks. A result that can't be read is that of its task, or, where it names none of
 * these, of those without a result. Texts are those of AWS's reports (user guide, "Examples of S3 Batch Operations completion
 * reports").
 *
 * `trustsMissing`: see `missingResult`.
 */
export function readResults(
  payload: string,
  taskIds: readonly string[],
  answerer: Answerer,
  trustsMissing: boolean,
): TaskResult[] {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    const invalid: TaskResult = { code: 'PermanentFailure', text: `Invalid JSON returned ${answerer.where}` };
    return taskIds.map(() => invalid);
  }
  const read = response.safeParse(json);
  if (!read.success) {
    const invalid = invalidResponse(answerer, read.error, []);
    return taskIds.map(() => invalid);
  }
  let missing = missingResult(read.data.treatMissingKeysAs, taskIds.length, answerer, trustsMissing);
  const asked = new Set(taskIds);
  const found = new Map<string, TaskResult>();
  for (const [index, given] of read.data.results.entries()) {
    const { data, error } = result.safeParse(given);
    const taskId = (data ?? named.safeParse(given).data)?.taskId;
    const own: TaskResult =
      data === undefined
        ? invalidResponse(answerer, error, ['results', index])
        : { code: data.resultCode, text: data.resultString ?? '' };
    if (data === undefined && !asked.has(taskId ?? '')) missing = own;
    else if (taskId !== undefined && !found.has(taskId)) found.set(taskId, own);
  }
  return taskIds.map((taskId) => found.get(taskId) ?? missing);
}

function invalidResponse({ where }: Answerer, error: z.ZodError, above: MemberPath): TaskResult {
  return {
    code: 'PermanentFailure',
    text: `Invalid response returned ${where}: ${firstProblem(error, 'payload', above)}`,
  };
}

/**
 * AWS sends one task in a request, so handlers read the first alone and answer that what is missing has succeeded
 * (Powertools for AWS Lambda does by default). That is no word on tasks that they did not read, unless the job trusts it.
 */
function missingResult(
  said: ResultCode | null | undefined,
  tasks: number,
  { who }: Answerer,
  trustsMissing: boolean,
): TaskResult {
  const code = said ?? 'TemporaryFailure';
  const text = `${who} returned no result for this task`;
  if (code !== 'Succeeded' || tasks === 1 || trustsMissing) return { code, text };
  return {
    code: 'PermanentFailure',
    text: `${text}, one of ${tasks} in the request: treatMissingKeysAs Succeeded counts with TrustMissingResults only`,
  };
}
