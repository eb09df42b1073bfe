import { z } from 'zod';
import { firstProblem } from '../../contracts/schema-problems';

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

const response = z.object({
  treatMissingKeysAs: z.enum(RESULT_CODES).nullish(),
  results: z.array(
    z.object({ taskId: z.string(), resultCode: z.enum(RESULT_CODES), resultString: z.string().nullish() }),
  ),
});

/**
 * The results of these tasks, in their order. Of two for one task the first counts; those of other tasks do not. What can't
 * be read is the failure of all of them. Texts are those of AWS's reports (user guide, "Examples of S3 Batch Operations
 * completion reports").
 */
export function readResults(payload: string, taskIds: readonly string[], { who, where }: Answerer): TaskResult[] {
  const failed = (text: string): TaskResult[] => taskIds.map(() => ({ code: 'PermanentFailure', text }));
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    return failed(`Invalid JSON returned ${where}`);
  }
  const read = response.safeParse(json);
  if (!read.success) {
    return failed(`Invalid response returned ${where}: ${firstProblem(read.error, 'payload')}`);
  }
  const { results, treatMissingKeysAs } = read.data;
  const missing: TaskResult = {
    code: treatMissingKeysAs ?? 'TemporaryFailure',
    text: `${who} returned no result for this task`,
  };
  const found = new Map<string, TaskResult>();
  for (const { taskId, resultCode, resultString } of results) {
    if (!found.has(taskId)) found.set(taskId, { code: resultCode, text: resultString ?? '' });
  }
  return taskIds.map((taskId) => found.get(taskId) ?? missing);
}
