import createClient from 'openapi-fetch';
import type { components, paths } from './schema';

export type Schemas = components['schemas'];
export type Job = Schemas['Job'];
export type JobStatus = Job['status'];
type ErrorAnswer = Schemas['Error'];

const ANSWER_TIMEOUT_MS = 30_000;

/** Calls by path, with the types of the OpenAPI document: `api.GET('/api/jobs', { params: { query } })`. */
export const api = createClient<paths>({
  baseUrl: '/',
  fetch: fetchInTime,
  // So that a refusal does not have the browser ask for a password in a window of its own.
  headers: { 'x-drover-console': '1' },
});

/** What the API refused, or that it could not be reached. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: string,
    message: string,
    readonly advice: string,
    /** 0: there was no answer. */
    readonly httpStatus: number,
    readonly requestId?: string,
  ) {
    super(message);
  }

  /** A part of the installation is down; the request itself may be right. */
  get isOutage(): boolean {
    return this.httpStatus === 0 || this.httpStatus >= 500;
  }
}

interface Answer<Data> {
  readonly data?: Data;
  readonly error?: ErrorAnswer;
  readonly response: Response;
}

/** The data of a call; rejects with `ApiError`. */
export async function answered<Data>(call: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await call;
  if (response.ok) return data as Data;
  throw refusal(error, response.status);
}

/** Something between the browser and the API may answer in a form of its own. */
function refusal(answer: unknown, httpStatus: number): ApiError {
  const { error } = (typeof answer === 'object' && answer !== null ? answer : {}) as Partial<ErrorAnswer>;
  if (error === undefined) {
    return new ApiError('UnreadableAnswer', `The answer had status ${httpStatus} and no reason`, '', httpStatus);
  }
  return new ApiError(error.code, error.message, error.advice, httpStatus, error.requestId);
}

function fetchInTime(request: Request): Promise<Response> {
  return fetchAtLength(request, AbortSignal.timeout(ANSWER_TIMEOUT_MS));
}

/** For a call whose answer, or body, takes as long as it takes. */
export async function fetchAtLength(request: Request, limit?: AbortSignal): Promise<Response> {
  const signal = limit === undefined ? request.signal : AbortSignal.any([request.signal, limit]);
  try {
    return await fetch(request, { signal });
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ApiError('ApiUnreachable', 'The API does not answer', 'It is asked again by itself.', 0);
  }
}
