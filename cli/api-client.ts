import { Readable } from 'node:stream';
import type { CliConfig } from '../config/cli';
import { defined } from '../contracts/defined';
import type {
  FailureReason,
  GeneratedManifest,
  JobLimits,
  JobStatus,
  Json,
  PreparingProgress,
  Tag,
} from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import type { ScheduleRun, ScheduleView } from '../contracts/schedule';

/** One job as the REST API shows it (api/rest/job-json). */
export interface Job {
  readonly jobId: string;
  readonly operation: string;
  readonly description?: string;
  readonly status: JobStatus;
  readonly priority: number;
  readonly limits: JobLimits;
  readonly pausedBy?: 'user' | 'priority' | 'all';
  /** Left out in lists. */
  readonly tags?: readonly Tag[];
  readonly createdAt: string;
  readonly suspendedAt?: string;
  readonly terminatedAt?: string;
  readonly statusUpdateReason?: string;
  readonly waitingFor?: string;
  readonly failureReasons: readonly (FailureReason & { readonly Advice?: string })[];
  readonly progress: {
    readonly totalTasks?: number;
    readonly succeeded: number;
    readonly failed: number;
    /** Counted in `succeeded`, too. Absent from an API of a former version. */
    readonly skipped?: number;
    readonly pending: number;
    readonly activeSeconds: number;
  };
  readonly preparing?: PreparingProgress;
  readonly generatedManifest?: GeneratedManifest;
  readonly reportManifestKey?: string;
  readonly request: { readonly [member: string]: Json };
  readonly temporalUrl?: string;
}

export interface JobChange {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly statusUpdateReason?: string;
}

export interface AllPaused {
  readonly paused: boolean;
  readonly since?: string;
  readonly reason?: string;
  /** Jobs that have batches or reports under way. */
  readonly jobsAtWork: number;
}

export interface Report {
  readonly jobId: string;
  readonly bucket: string;
  readonly key: string;
  readonly manifest: Json;
}

export interface ScheduleDetails extends ScheduleView {
  readonly template: { readonly [member: string]: Json };
  readonly runs: readonly ScheduleRun[];
  readonly runsTaken: number;
  readonly runsSkipped: number;
  readonly runsMissed: number;
}

/** The API refused, in its words. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly advice: string,
    readonly httpStatus: number,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** No answer that could be the API's. */
export class UnreachableError extends Error {
  constructor(apiUrl: string, cause: unknown) {
    super(`Cannot reach the Drover API at ${apiUrl} (${reasonOf(cause)})`, { cause });
    this.name = 'UnreachableError';
  }
}

/** The API, or Temporal behind it, is being started again: the same call may go well soon. */
export function isRestart(error: unknown): error is ApiError | UnreachableError {
  return error instanceof UnreachableError || (error instanceof ApiError && error.code === 'ServiceUnavailable');
}

const REQUEST_TIMEOUT_MS = 30_000;

/** Where a manifest lies that was sent to the API. */
export interface UploadedManifest {
  readonly ObjectArn: string;
  readonly ETag: string;
}

/** A vault of Amazon Glacier. */
export interface Vault {
  readonly name: string;
  readonly arn: string;
  readonly inventoryAt?: string;
  /** As of the last inventory; absent before the first one. */
  readonly archives?: number;
  readonly bytes?: number;
}

/** A job that does the failed tasks of another again. */
export interface Retry {
  readonly jobId: string;
  readonly retries: string;
  readonly tasks: number;
}

/** Bytes as they come, instead of JSON. */
class Upload {
  constructor(private readonly body: AsyncIterable<Uint8Array>) {}

  payload() {
    return { body: Readable.toWeb(Readable.from(this.body)) as ReadableStream<Uint8Array>, duplex: 'half' as const };
  }
}

/** The REST API over HTTP. Every method rejects with `ApiError` or `UnreachableError`. */
export class ApiClient {
  constructor(private readonly config: CliConfig) {}

  createJob(request: unknown): Promise<{ readonly jobId: string }> {
    return this.json('POST', '/api/jobs', request);
  }

  /** Any length: only the wait for the next bytes is bounded, by the API. */
  putManifest(body: AsyncIterable<Uint8Array>, sha256: string): Promise<UploadedManifest> {
    return this.json('PUT', `/api/manifests?sha256=${sha256}`, new Upload(body));
  }

  listVaults(roleArn?: string): Promise<{ readonly vaults: readonly Vault[] }> {
    return this.json('GET', `/api/vaults${roleArn === undefined ? '' : `?roleArn=${encodeURIComponent(roleArn)}`}`);
  }

  retryJob(jobId: string, token?: string): Promise<Retry> {
    return this.json('POST', `${jobPath(jobId)}/retry`, token === undefined ? {} : { ClientRequestToken: token });
  }

  describeJob(jobId: string): Promise<Job> {
    return this.json('GET', jobPath(jobId));
  }

  listJobs(query: URLSearchParams): Promise<{ readonly jobs: readonly Job[]; readonly nextToken?: string }> {
    const text = query.toString();
    return this.json('GET', `/api/jobs${text === '' ? '' : `?${text}`}`);
  }

  change(jobId: string, change: 'pause' | 'resume' | 'cancel' | 'confirm', reason?: string): Promise<JobChange> {
    return this.json('POST', `${jobPath(jobId)}/${change}`, reason === undefined ? {} : { reason });
  }

  /** That of all jobs of the account. */
  pauseOfAll(): Promise<AllPaused> {
    return this.json('GET', '/api/pause');
  }

  pauseAll(reason?: string): Promise<AllPaused> {
    return this.json('PUT', '/api/pause', reason === undefined ? {} : { reason });
  }

  resumeAll(): Promise<AllPaused> {
    return this.json('DELETE', '/api/pause');
  }

  setPriority(jobId: string, priority: number): Promise<JobChange> {
    return this.json('PUT', `${jobPath(jobId)}/priority`, { priority });
  }

  /** Replaces them all. */
  setLimits(jobId: string, limits: JobLimits): Promise<JobChange> {
    return this.json('PUT', `${jobPath(jobId)}/limits`, limits);
  }

  getTags(jobId: string): Promise<{ readonly tags: readonly Tag[] }> {
    return this.json('GET', `${jobPath(jobId)}/tags`);
  }

  /** Replaces them all. */
  putTags(jobId: string, tags: readonly Tag[]): Promise<{ readonly tags: readonly Tag[] }> {
    return this.json('PUT', `${jobPath(jobId)}/tags`, { tags });
  }

  report(jobId: string): Promise<Report> {
    return this.json('GET', `${jobPath(jobId)}/report`);
  }

  /** CSV as it arrives; may be long, so only the wait for its beginning is bounded. */
  reportRows(jobId: string, rows: 'failed' | 'succeeded'): Promise<AsyncIterable<Uint8Array>> {
    return this.reportStream(jobId, { rows });
  }

  /** The same, of a retry and the jobs that it retries. */
  mergedReport(jobId: string, rows?: 'failed' | 'succeeded'): Promise<AsyncIterable<Uint8Array>> {
    return this.reportStream(jobId, { merged: 'true', ...defined({ rows }) });
  }

  private async reportStream(jobId: string, query: Record<string, string>): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.send('GET', `${jobPath(jobId)}/report?${new URLSearchParams(query).toString()}`);
    return (response.body as unknown as AsyncIterable<Uint8Array> | null) ?? emptyBody();
  }

  /** JSON in lines as they arrive (`takePreview`); may be long, so only the wait for its beginning is bounded. */
  async preview(request: unknown): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.send('POST', '/api/sources/preview', request);
    return (response.body as unknown as AsyncIterable<Uint8Array> | null) ?? emptyBody();
  }

  createSchedule(schedule: unknown): Promise<ScheduleView> {
    return this.json('POST', '/api/schedules', schedule);
  }

  listSchedules(
    query: URLSearchParams,
  ): Promise<{ readonly schedules: readonly ScheduleView[]; readonly nextToken?: string }> {
    return this.json('GET', `/api/schedules?${query.toString()}`);
  }

  describeSchedule(scheduleId: string): Promise<ScheduleDetails> {
    return this.json('GET', schedulePath(scheduleId));
  }

  changeSchedule(scheduleId: string, change: 'pause' | 'resume', note?: string): Promise<ScheduleView> {
    return this.json('POST', `${schedulePath(scheduleId)}/${change}`, note === undefined ? {} : { note });
  }

  /** No run: it waits for one that is going. */
  runSchedule(scheduleId: string): Promise<{ readonly run?: ScheduleRun }> {
    return this.json('POST', `${schedulePath(scheduleId)}/run`, {});
  }

  async deleteSchedule(scheduleId: string): Promise<void> {
    await this.send('DELETE', schedulePath(scheduleId));
  }

  private async json<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.send(method, path, body);
    try {
      return (await response.json()) as Answer;
    } catch (error) {
      throw new UnreachableError(this.config.apiUrl, error);
    }
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    const { apiUrl, credentials } = this.config;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (body !== undefined) headers['content-type'] = body instanceof Upload ? 'text/csv' : 'application/json';
    if (credentials !== undefined) {
      const pair = `${credentials.accessKeyId}:${credentials.secretAccessKey}`;
      headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    const waiting = new AbortController();
    const timeoutMs = body instanceof Upload ? LIMITS.upload.timeoutMs : REQUEST_TIMEOUT_MS;
    const late = new Error(`no answer in ${timeoutMs / 1_000} s`);
    const timer = setTimeout(() => waiting.abort(late), timeoutMs);
    let response: Response;
    try {
      const payload =
        body instanceof Upload ? body.payload() : body === undefined ? {} : { body: JSON.stringify(body) };
      response = await fetch(`${apiUrl}${path}`, { method, headers, signal: waiting.signal, ...payload });
    } catch (error) {
      throw new UnreachableError(apiUrl, error);
    } finally {
      clearTimeout(timer);
    }
    if (response.ok) return response;
    throw await refusal(response, apiUrl);
  }
}

function jobPath(jobId: string): string {
  return `/api/jobs/${encodeURIComponent(jobId)}`;
}

function schedulePath(scheduleId: string): string {
  return `/api/schedules/${encodeURIComponent(scheduleId)}`;
}

async function refusal(response: Response, apiUrl: string): Promise<Error> {
  const body = (await response.json().catch(() => undefined)) as { error?: Record<string, unknown> } | undefined;
  const { code, message, advice } = body?.error ?? {};
  if (typeof code !== 'string' || typeof message !== 'string') {
    return new UnreachableError(apiUrl, new Error(`HTTP ${response.status} from another server`));
  }
  return new ApiError(code, message, typeof advice === 'string' ? advice : '', response.status);
}

const NO_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';

/** The socket's error code; fetch hides it one or two levels down. */
function reasonOf(cause: unknown): string {
  let current = cause;
  for (let depth = 0; depth < 3 && typeof current === 'object' && current !== null; depth += 1) {
    if ('code' in current && typeof current.code === 'string') {
      return current.code === NO_TLS ? `${NO_TLS}: its address may begin with http://` : current.code;
    }
    if (!('cause' in current) || current.cause === undefined) break;
    current = current.cause;
  }
  return typeof current === 'object' && current !== null && 'message' in current
    ? String(current.message)
    : String(current);
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {
  // A 200 without a body: a report without rows of that status.
}
