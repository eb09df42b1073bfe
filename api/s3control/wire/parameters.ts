import { DescribeJobRequest$ } from '@aws-sdk/client-s3-control';
import { NormalizedSchema } from '@smithy/core/schema';
import { DroverError, type FailureCode } from '../../../contracts/engine/failures';
import { checkModel } from './model-check';
import { readInteger, type Schema } from './xml';

/** What a call is made of besides its name. */
export interface CallRequest {
  /** The access key's. */
  readonly account: string;
  /** Decoded; absent for calls without one in their path. */
  readonly jobId?: string;
  readonly query: URLSearchParams;
  readonly body: Uint8Array;
  /** Is told of elements of the body that no schema has, and that nothing comes of. */
  readonly passOver: (place: string) => void;
  /** Is told of the job that the call has made. */
  readonly madeJob?: (jobId: string) => void;
}

/**
 * The parameters of a call that travel outside of its body, read and checked by its schema; see `checkModel` for the
 * bounds. Parameters that the schema does not have are let pass, as S3 does (clients and presigners add some). Throws
 * the error of this code, naming the parameter as it stands on the wire.
 */
export function readParameters(
  schema: Schema,
  request: CallRequest,
  code: FailureCode = 'BadRequestException',
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [name, member] of NormalizedSchema.of(schema).structIterator()) {
    const { httpHeader, httpLabel, httpQuery } = member.getMemberTraits();
    if (httpHeader !== undefined) found[name] = request.account;
    else if (httpLabel !== undefined) found[name] = request.jobId;
    else if (httpQuery !== undefined) found[name] = queryValue(member, httpQuery, request.query, code);
  }
  return found;
}

function queryValue(member: NormalizedSchema, name: string, query: URLSearchParams, code: FailureCode): unknown {
  const given = query.getAll(name);
  const [text] = given;
  if (text === undefined) return undefined;
  if (member.isListSchema()) return [...new Set(given)];
  if (given.length > 1) throw new DroverError(code, `${name}: is given more than once`);
  if (!member.isNumericSchema()) return text;
  const number = readInteger(text);
  if (number === undefined) throw new DroverError(code, `${name}: must be a whole number`);
  return number;
}

/** For calls without a body: reads their parameters and holds them to the model. Throws as `readParameters`. */
export function checkedParameters(
  schema: Schema,
  request: CallRequest,
  code: FailureCode = 'BadRequestException',
): Record<string, unknown> {
  const parameters = readParameters(schema, request, code);
  checkModel(schema, parameters, code);
  return parameters;
}

/**
 * The job id of a call that has no other parameters outside of its body. Throws BadRequestException, also for the calls
 * on tags, whose model has no error for it at all.
 */
export function jobIdOf(request: CallRequest): string {
  return checkedParameters(DescribeJobRequest$, request)['JobId'] as string;
}
