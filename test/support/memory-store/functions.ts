/** A FunctionInvoker in memory: a handler answers, faults strike as in the memory store (method `invoke`, key = ARN). */
import type { CallOptions, FunctionAnswer, FunctionInvoker } from '../../../storage/object-store';
import { Faults } from './faults';

export interface FunctionRequest {
  readonly invocationSchemaVersion: string;
  readonly invocationId: string;
  readonly job: { readonly id: string; readonly userArguments?: Readonly<Record<string, string>> };
  readonly tasks: readonly {
    readonly taskId: string;
    readonly s3Key: string;
    readonly s3VersionId: string | null;
    readonly s3BucketArn?: string;
    readonly s3Bucket?: string;
  }[];
}

/** Answers with the whole FunctionAnswer, for what a well-behaved function would not send. */
export type FunctionHandler = (request: FunctionRequest) => FunctionAnswer | Promise<FunctionAnswer>;

export class MemoryFunctions implements FunctionInvoker {
  readonly faults = new Faults();
  handler: FunctionHandler = (request) => results(request, 'Succeeded', 'done');

  /** Everything the function was sent, in order. */
  get requests(): FunctionRequest[] {
    return this.faults.calls.map(({ input }) => JSON.parse(input as string) as FunctionRequest);
  }

  invoke(functionArn: string, payload: string, options: CallOptions = {}): Promise<FunctionAnswer> {
    const call = { method: 'invoke', bucket: '', key: functionArn, input: payload };
    return this.faults.run(call, options.signal, () => this.handler(JSON.parse(payload) as FunctionRequest));
  }
}

/** The answer of a function that says the same of every task. */
export function results(request: FunctionRequest, resultCode: string, resultString?: string): FunctionAnswer {
  return answer({
    invocationSchemaVersion: request.invocationSchemaVersion,
    treatMissingKeysAs: 'PermanentFailure',
    invocationId: request.invocationId,
    results: request.tasks.map(({ taskId }) => ({ taskId, resultCode, resultString })),
  });
}

export function answer(payload: unknown): FunctionAnswer {
  return { httpStatus: 200, payload: JSON.stringify(payload) };
}
