/** Limits of what people and other systems reach: API, command line, reports, notifications, metrics. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './units';

/** Requests to the API, and what it asks of others. */
export const api = {
  /** A CreateJob body: the model's own maxima (8,192 metadata entries) stay below this. */
  requestBodyBytesMax: 2 * 1024 * 1024,
  /** A body that is read before its signature can be checked, for want of x-amz-content-sha256: people write those by hand. */
  unprovenBodyBytesMax: 64 * 1024,
  /** The deepest request there is, a condition within five `Not` in a step of a pipeline, has half of this. */
  requestDepthMax: 32,
  /** Values in one request, at any depth: the model's own maxima, 8,192 metadata entries, stay below half of this. */
  requestValuesMax: 20_000,
  /**
   * Connections to one API at once. One that a key has signed for may hold a body of 2 MiB, so all together 1 GiB; before that a
   * connection costs some 30 KB.
   */
  connectionsMax: 500,
  /** Clients send their header in one piece. */
  headersTimeoutMs: 10 * SECOND_MS,
  /** A whole request: 2 MiB at 128 KiB/s take 16 s. */
  requestTimeoutMs: 30 * SECOND_MS,
  /** How often the server looks for connections that are late: by so much both may be exceeded. */
  timeoutCheckIntervalMs: 5 * SECOND_MS,
  /** How long the rest of a refused body is read and forgotten, so that the client sees the refusal. */
  discardTimeoutMs: SECOND_MS,
  /** 100 rows of a list whose memos have 2 MiB each, all that Temporal lets a memo have. */
  temporalAnswerBytesMax: 224 * 1024 * 1024,
  /** The API's own requests to a store, so that its answer is there before clients give it up (`drover`: 30 s). */
  storeTimeoutMs: 15 * SECOND_MS,
  /** Signed requests are accepted this long before and after their date (AWS SigV4). */
  clockSkewMs: 15 * MINUTE_MS,
  listJobsMax: 1_000,
  /** Rows of Temporal that one list or count reads where Temporal can't be asked for what is looked for: 200 calls, some seconds. */
  jobsLookedThroughMax: 20_000,
  /** A store that takes no connection in this time is told to be out of reach. */
  storeConnectTimeoutMs: 3 * SECOND_MS,
  /** A login of a browser: a working day. */
  sessionMs: 12 * HOUR_MS,
} as const;

/** The command line. */
export const cli = {
  /** Ten requests: what a person waits for where the command line looks for a job by the beginning of its id. */
  jobsLookedThroughMax: 10_000,
} as const;

/** Completion reports. */
export const report = {
  /** Rows of one page of a search: what a person scrolls through. */
  rowsPerPageMax: 500,
  /** Rows that one call of a search reads, some 20 MB: a second or two. */
  searchedRowsMax: 200_000,
  /** Failed rows that are counted by their code: some 100 MB, which are read in seconds. */
  groupedRowsMax: 1_000_000,
  /** Rows of retries that a merged report holds in memory: some 100 MB, for each of these reports. */
  mergedRowsMax: 200_000,
  mergedBytesMax: 64 * 1024 * 1024,
  mergedReportsInFlight: 2,
  /** Retries of retries: each is looked up in Temporal. */
  mergedRetriesMax: 20,
  /** A completion report file is cut at this size, so that a worker never holds more of it. */
  fileBytesMax: 32 * 1024 * 1024,
} as const;

/** Events that go to webhooks and buses. */
export const notification = {
  /** An event is tried this long (as EventBridge does), then given up. */
  timeoutMs: 24 * HOUR_MS,
  /** The longest pause between two attempts: some 150 of them in a day. */
  retryIntervalMaxMs: 10 * MINUTE_MS,
  /** The longest `Retry-After` that is obeyed in full. */
  retryAfterMaxMs: HOUR_MS,
  /** For the whole answer; 15 to 30 s is usual (Standard Webhooks, "Request timeouts"). */
  requestTimeoutMs: 15 * SECOND_MS,
  /** A request and some air: after this long a worker that was killed is missed. */
  attemptTimeoutMs: 45 * SECOND_MS,
  /** What a target that is never reached can leave for the next run of a notifier: about a kilobyte each, and an input holds two megabytes. */
  backlogMax: 500,
  /** Deliveries that one worker process has under way: they only wait, and one that hangs must not hold up the others. */
  slots: 100,
  urlCharsMax: 2_048,
} as const;

/** Metrics. */
export const metrics = {
  /** Buckets of a store that metrics name; the others are added up. Each is three series of each worker, and jobs name any number. */
  bucketsMax: 50,
  /** A survey is some 20 requests to Temporal, whose lists allow few a second; a scrape is usual every 15 s. */
  surveyIntervalMs: 10 * SECOND_MS,
  /** One answer of a survey: a scrape is given up after 10 s, unless it is told otherwise. */
  surveyTimeoutMs: 8 * SECOND_MS,
  /** A few scrapers, and people who look. */
  connectionsMax: 32,
} as const;

/** Traces. */
export const trace = {
  /** A receiver that is away refuses each lot of spans: the log tells it once in this time. */
  troubleToldMs: MINUTE_MS,
  /** For the last spans of a process that ends. */
  closeTimeoutMs: 2 * SECOND_MS,
} as const;
