/** Names that more than one process must agree on: workflow ids, task queues, search attributes, keys in the workspace. */

export const DEFAULT_TASK_QUEUE = 'drover';

/** Types of the workflows, as Temporal records them: a running workflow needs the name that it began with. */
export const WORKFLOW_TYPES = {
  job: 'jobWorkflow',
  chunk: 'chunkWorkflow',
  restoreWatch: 'restoreWatchWorkflow',
  dispatcher: 'dispatcherWorkflow',
  notifier: 'notifierWorkflow',
  scheduledJob: 'scheduledJobWorkflow',
  jobTags: 'jobTagsWorkflow',
  cleaning: 'cleaningWorkflow',
  pauseAll: 'pauseAllWorkflow',
} as const;

/** Workflows and light activities. */
export function jobsQueue(prefix: string): string {
  return `${prefix}-jobs`;
}

/** Batches: scaled by adding workers. */
export function objectsQueue(prefix: string): string {
  return `${prefix}-objects`;
}

/** The objects queue of the installation that has this jobs queue. */
export function objectsQueueBeside(jobsQueueName: string): string {
  return jobsQueueName.replace(/-jobs$/, '-objects');
}

/** Deliveries of events: apart, so that targets that hang take no worker slot from jobs. */
export function eventsQueue(prefix: string): string {
  return `${prefix}-events`;
}

/** The events queue of the installation that has this jobs queue. */
export function eventsQueueBeside(jobsQueueName: string): string {
  return jobsQueueName.replace(/-jobs$/, '-events');
}

export function jobWorkflowId(jobId: string): string {
  return `job-${jobId}`;
}

export function jobIdOfWorkflow(workflowId: string): string {
  return workflowId.replace(/^job-/, '').split('/', 1)[0] ?? '';
}

export function chunkWorkflowId(jobId: string, chunk: number): string {
  return `job-${jobId}/chunk-${pad(chunk, 5)}`;
}

/** Lists are batches as well; they stand behind all that a manifest can have, and so do the chunks that they make. */
const FIRST_LIST_BATCH = 100_000_000;
const FIRST_LIST_CHUNK = 10_000;

/** The batch that a list of waiting tasks is; lists are numbered from 0. */
export function listBatch(list: number): number {
  return FIRST_LIST_BATCH + list;
}

export function isListBatch(batch: number): boolean {
  return batch >= FIRST_LIST_BATCH;
}

export function listChunk(number: number): number {
  return FIRST_LIST_CHUNK + number;
}

export function isListChunk(chunk: number): boolean {
  return chunk >= FIRST_LIST_CHUNK;
}

export function restoreWatchWorkflowId(jobId: string, stripe: number): string {
  return `job-${jobId}/restore-watch-${pad(stripe, 2)}`;
}

/** The one workflow that shares out the workers among the jobs of a task queue. */
export function dispatcherWorkflowId(jobsQueueName: string): string {
  return `dispatcher/${jobsQueueName}`;
}

/** The one workflow that holds the pause of all jobs of an account. */
export function pauseAllWorkflowId(jobsQueueName: string, account: string): string {
  return `pause-all/${jobsQueueName}/${account}`;
}

/** Delivers the events of one job. */
export function notifierWorkflowId(jobId: string): string {
  return `job-${jobId}/events`;
}

export const TEMPORAL_SCHEDULE_PREFIX = 'drover/';

/** Schedules of all accounts share a namespace, so the account is in the name. Neither part has a slash. */
export function temporalScheduleId(account: string, scheduleId: string): string {
  return `${TEMPORAL_SCHEDULE_PREFIX}${account}/${scheduleId}`;
}

/** The schedule that has the workspace cleaned; Temporal adds the time to the id of each run. */
export function cleaningId(jobsQueueName: string): string {
  return `cleaning/${jobsQueueName}`;
}

/** Names the installation that cleans the workspace. `workspace` is that of the configuration. */
export function workspaceCleanerKey({ prefix }: { readonly prefix: string }): string {
  return `${prefix}cleaned-by.txt`;
}

/** Temporal adds the time that a run was due. */
export function scheduledRunWorkflowId(account: string, scheduleId: string): string {
  return `schedule/${account}/${scheduleId}`;
}

/** Keeps the tags of a job that has ended, because its own memo can't change any more. */
export function jobTagsWorkflowId(jobId: string): string {
  return `job-${jobId}/tags`;
}

/** The Temporal identity of a worker process. The dispatcher reads the number of batch slots from it. */
export function objectsWorkerIdentity(pid: number, host: string, batchSlots: number): string {
  return `drover-${pid}@${host}#${batchSlots}`;
}

export function batchSlotsOfIdentity(identity: string): number {
  const slots = /^drover-\d+@.*#(\d+)$/s.exec(identity)?.[1];
  return slots === undefined ? 0 : Number(slots);
}

/** `arn:aws:s3:{region}:{account}:job/{id}`, as DescribeJob shows it. */
export function jobArn(region: string, account: string, jobId: string): string {
  return `arn:aws:s3:${region}:${account}:job/${jobId}`;
}

export const SEARCH_ATTRIBUTES = {
  account: 'DroverAccount',
  operation: 'DroverOperation',
  status: 'DroverStatus',
  priority: 'DroverPriority',
  jobId: 'DroverJobId',
} as const;

/**
 * A query of Temporal's visibility store: jobs of the account, or of all, that have not ended. An account is digits, and ids are
 * UUIDs: nothing here can break out of its quotes.
 */
export function runningJobsQuery(account: string | undefined, besides: readonly string[] = []): string {
  const query = `WorkflowType = '${WORKFLOW_TYPES.job}' AND ExecutionStatus = 'Running'`;
  const ofAccount = account === undefined ? query : `${query} AND ${SEARCH_ATTRIBUTES.account} = '${account}'`;
  if (besides.length === 0) return ofAccount;
  return `${ofAccount} AND ${SEARCH_ATTRIBUTES.jobId} NOT IN (${besides.map((jobId) => `'${jobId}'`).join(', ')})`;
}

/** Types for registration with the namespace. */
export const SEARCH_ATTRIBUTE_TYPES = {
  [SEARCH_ATTRIBUTES.account]: 'Keyword',
  [SEARCH_ATTRIBUTES.operation]: 'Keyword',
  [SEARCH_ATTRIBUTES.status]: 'Keyword',
  [SEARCH_ATTRIBUTES.priority]: 'Int',
  [SEARCH_ATTRIBUTES.jobId]: 'Keyword',
} as const;

/** Keys below a job's workspace prefix. */
export const workspaceKeys = {
  /** Byte offsets of all batches, 8 bytes each (see manifests/manifest-index). */
  index: (prefix: string): string => `${prefix}manifest-index.bin`,
  /** The parts of a source. All that is read of it lies beside them: each plan has its own folder. */
  sourceParts: (prefix: string, plan: string): string => `${prefix}source/${plan}/parts.json`,
  /** How far a part has come: every attempt writes it. */
  partState: (prefix: string, plan: string, part: number): string => `${prefix}source/${plan}/${pad(part, 5)}.json`,
  /** What one attempt has come to at the end of a part. */
  partEnd: (prefix: string, plan: string, part: number, attempt: string): string =>
    `${prefix}source/${plan}/${pad(part, 5)}.${attempt}.json`,
  /** Where an attempt has put the rows of a part, as far as its state would grow too long by it. */
  partFlushes: (prefix: string, plan: string, part: number, attempt: string, sequence: number): string =>
    `${prefix}source/${plan}/${pad(part, 5)}.${attempt}.${pad(sequence, 6)}.json`,
  /** Rows of a part: each attempt writes its own, the state names the valid ones. */
  segment: (prefix: string, part: number, token: string, sequence: number): string =>
    `${prefix}segments/${pad(part, 5)}.${token}.${pad(sequence, 6)}.csv`,
  /** Rows of all parts, without those that name an object a second time. */
  distinctSegment: (prefix: string, token: string, sequence: number): string =>
    `${prefix}segments/distinct.${token}.${pad(sequence, 6)}.csv`,
  /** Where the rows of a manifest that was put together lie. */
  segmentTable: (prefix: string): string => `${prefix}segments.json`,
  /** Finished rows of one batch. Deterministic: a rerun overwrites it. */
  part: (prefix: string, batch: number): string => `${prefix}parts/${pad(batch, 9)}.part`,
  /** Rows of an unfinished batch: every attempt writes its own, the checkpoint names the valid one. */
  openPart: (prefix: string, batch: number, token: string): string => `${prefix}parts/${pad(batch, 9)}.open-${token}`,
  /** What the keys of all open parts of a batch begin with. */
  openParts: (prefix: string, batch: number): string => `${prefix}parts/${pad(batch, 9)}.open-`,
  allUploads: (prefix: string): string => `${prefix}uploads/`,
  /** Notes of the multipart uploads that a batch has begun. */
  uploads: (prefix: string, batch: number): string => `${prefix}uploads/${pad(batch, 9)}/`,
  upload: (prefix: string, batch: number, row: number): string => `${prefix}uploads/${pad(batch, 9)}/${row}.json`,
  /** What attempts of a batch have noted of its tasks; each attempt writes its own. */
  taskNotes: (prefix: string, batch: number): string => `${prefix}notes/${pad(batch, 9)}/`,
  /** What looks at waiting tasks have come to. */
  waiting: (prefix: string): string => `${prefix}waiting.json`,
  /** Tasks that have waited and go on: the rows of a batch. */
  list: (prefix: string, batch: number): string => `${prefix}lists/${pad(batch, 9)}.jsonl`,
  /** Which report files a chunk has written. */
  chunkReport: (prefix: string, chunk: number): string => `${prefix}reports/${pad(chunk, 5)}.json`,
};

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
