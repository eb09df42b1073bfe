/** Limits of the engine: jobs, chunks, batches, and who has the workers. */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './units';

/** A job as a whole. */
export const job = {
  /** Memo refreshes while nothing but numbers change: often enough for a list of jobs, too seldom to fill the history. */
  memoIntervalMs: 5 * SECOND_MS,
  /** Reading a manifest, writing a report: long for billions of rows; heartbeats notice a crash much sooner. */
  manifestTimeoutMs: 12 * HOUR_MS,
  reportTimeoutMs: 12 * HOUR_MS,
  resolveManifestTimeoutMs: MINUTE_MS,
  /** Unconfirmed jobs fail after this long (S3 Batch Operations user guide, "Suspended"). */
  confirmationTimeoutMs: 30 * DAY_MS,
  /** A job fails once this many tasks have run and more than this share of them failed (user guide, "Tracking job failure"). */
  failureThresholdTasksMin: 1_000,
  failureThresholdShare: 0.5,
  /** Finished jobs stay readable for this long (user guide: deleted 90 days after they end). */
  retentionMs: 90 * DAY_MS,
  /**
   * A request as it is kept, in bytes of JSON: 50 tags of the longest kind (77 kB), 100 grants and ten steps fit in. It lies in the
   * history, in the memory of workers, and in that of a schedule's workflow.
   */
  requestBytesMax: 256 * 1024,
  describeReasonCharsMax: 256,
  /** States of its past that a job tells, the latest ones: a usual job enters five; jobs that are paused again and again stay small. */
  statesToldMax: 30,
  /** S3 Control's bound (API_control_CreateJob, `Priority`). */
  priorityMax: 2_147_483_647,
  /** Maxima of a job's own limits: above these a limit limits nothing. */
  tasksPerSecondMax: 1_000_000,
  /** Below, an object of some gigabytes takes days, and stores end connections on which so little is read. */
  bytesPerSecondMin: 64 * 1024,
  bytesPerSecondMax: 1024 ** 4,
  concurrencyMax: 100_000,
  /** S3 user guide, "Controlling access and labeling jobs using tags". */
  tagsMax: 50,
} as const;

/** Chunks of a job: child workflows. */
export const chunks = {
  /** Children of one workflow: Temporal advises at most 1,000; nine events each keep the job's history under its 10,240-event warning. */
  perJobMax: 1_000,
  /** Chunks aimed at for a large job; the rest of the 1,000 is room for the smaller chunks of the tail. */
  perJobAim: 790,
  /** Below this many batches a chunk costs more in events than it gains in spread. */
  batchesMin: 5,
  /** In-flight batches per job = 8 × 4: enough for four workers of 8 slots, few enough that a pause or a new priority takes hold at once. */
  inFlight: 8,
  batchesInFlight: 4,
  /** Batches after which a chunk continues as new: 600 × 6 events stay under the server's suggestion of 4,096. */
  runBatchesMax: 600,
} as const;

/** Batches: one activity each. */
export const batch = {
  /** Rows per activity unless the operation says otherwise: S3's own page size. */
  rows: 1_000,
  requestsInFlight: 64,
  /** Looks at objects before a request for many of them: some groups of a batch are under way at once, and share its limit. */
  groupLooksInFlight: 16,
  timeoutMs: 30 * MINUTE_MS,
  heartbeatTimeoutMs: 20 * SECOND_MS,
  /** A setting's bounds: the beats of a second, thinned out to one a second, must leave room for a hiccup. */
  heartbeatTimeoutSecondsMin: 5,
  heartbeatTimeoutSecondsMax: 600,
  /** A listing and two reads, each with its attempts, also by a second worker. A pause waits no longer: the next attempt looks again. */
  recoverTimeoutMs: MINUTE_MS,
  /** An attempt falls silent so long before Temporal gives it away for its length: requests that are on their way come to an end. */
  attemptEndMs: 5 * SECOND_MS,
  /** How often heartbeats reach the server: bounds the delay of pause and cancel, and the work redone after a crash. */
  heartbeatThrottleMs: SECOND_MS,
  /** Rows are flushed to the workspace at this pace when a batch lasts longer. */
  checkpointIntervalMs: SECOND_MS,
  /** An object of task notes is written anew with each of them: so large, it is left and another begun. */
  taskNotesObjectBytes: 32 * 1024,
  /** Tasks a second that one batch manages with ease: a job with a limit gets as few batches as that takes. */
  limitedTasksPerSecond: 250,
  /** Bytes a second that one batch moves with ease, for the same reason. */
  limitedBytesPerSecond: 32 * 1024 * 1024,
  /** A batch of objects that its job's limit of bytes holds back: whatever their sizes. A crash is noticed by its heartbeats. */
  limitedTimeoutMs: 365 * DAY_MS,
} as const;

/** Shares of the workers that jobs get. */
export const dispatch = {
  /** How long a job waits for the dispatcher's word before it begins unasked: many times what the word takes on a busy server. */
  shareTimeoutMs: 30 * SECOND_MS,
  /** An equal that waits takes the place of one that has had the workers for so much longer. A change costs some 25 events. */
  shareTurnMs: 20 * SECOND_MS,
  /** How often turns are looked at, while more equals want to run than there are slots. */
  shareTurnCheckMs: 5 * SECOND_MS,
  /** A word between job and dispatcher is one call to Temporal. */
  callTimeoutMs: 5 * SECOND_MS,
  timeoutMs: 60 * SECOND_MS,
  /** How often the dispatcher looks which workers and jobs there are, while there are jobs. */
  surveyIntervalMs: 30 * SECOND_MS,
  surveyTimeoutMs: 20 * SECOND_MS,
  /** Slots assumed while no survey has told. */
  batchSlotsAssumed: 8,
  /** A worker has this many times its batch slots: those of a newcomer must not wait for a long batch to end. */
  batchSlotsHeadroom: 2,
} as const;

/** What a worker asks of Temporal to know that it is heard. */
export const link = {
  /** A worker asks whether Temporal hears it: several times within the shortest heartbeat time-out. */
  intervalMs: SECOND_MS / 2,
  answerTimeoutMs: 1.5 * SECOND_MS,
  /** A process that wakes up is handed what was sent to it while it slept: so long after, no attempt is taken for a new one. */
  recentMs: 5 * SECOND_MS,
} as const;

/** Waiting for restores. */
export const restore = {
  firstCheckMs: 30 * MINUTE_MS,
  intervalMs: 30 * MINUTE_MS,
  /** Bulk retrievals from Deep Archive take up to 48 hours; a week leaves room for a queue. */
  timeoutMs: 7 * DAY_MS,
  /** Restore watches of one job: each is one polling activity over a stripe of chunks. */
  stripesMax: 16,
  /** Standard retrievals of a batch begin to come back within minutes, those of Bulk within hours. */
  standardLookMs: 10 * MINUTE_MS,
  bulkFirstLookMs: HOUR_MS,
  bulkLookMs: 30 * MINUTE_MS,
  lookMsMax: HOUR_MS,
  /** A page of a listing costs as much as a dozen HEADs on AWS. */
  listedMin: 10,
  /** Objects that are looked at one by one before a listing is tried again, where few of a page were wanted. */
  passedOver: 100,
  listingsInFlight: 8,
  /** Several pages, so that a listing that begins anew costs little beside them. */
  stretchMin: 10_000,
  /** For each of the listings that are under way. */
  headsInFlight: 8,
  /** Hours of a day's bytes that can be saved up: a job that was paused for a day does not ask for all of it at once. */
  bytesSavedMs: 4 * HOUR_MS,
  /** How often those are looked at whose turn it is to be restored: a few objects at a time. */
  turnsMs: 10 * MINUTE_MS,
  /** A job's restores of one tier: what AWS takes a second of an account, and four pebibytes a day. */
  requestsPerSecondMax: 1_000,
  bytesPerDayMax: 4 * 1024 ** 5,
} as const;

/** Looks at tasks that wait. */
export const looks = {
  /** A job that was told to look each second still does not look twice at once. */
  intervalMsMin: SECOND_MS,
  /** Tasks in memory: some 100 MB. */
  tasksAtOnce: 100_000,
  readsInFlight: 32,
  /** Objects without a listing that tells: 500,000 in a quarter of an hour. */
  headsPerSecond: 500,
  /** A look at a billion tasks. */
  timeoutMs: 12 * HOUR_MS,
  /** A look lasts for minutes, and each beat is one of Temporal's billable actions. */
  beatMs: 15 * SECOND_MS,
  heartbeatTimeoutMs: MINUTE_MS,
  /** Batches of one chunk at the least: what goes on is few at a time, and a chunk costs more than a batch. */
  chunkBatchesMin: 20,
} as const;

/** The pause of all jobs of an account. */
export const pauseAll = {
  /** After a change: a list of Temporal's is late by a second or two, and a create that began before it takes half a minute at most. */
  lookIntervalsMs: [2 * SECOND_MS, 8 * SECOND_MS, 30 * SECOND_MS],
  /** While the pause lasts: new jobs know of it without. */
  lookIntervalMs: 5 * MINUTE_MS,
  /** Temporal takes some hundred signals a second, and others send them, too. */
  signalsInFlight: 8,
  /** All of a look: 10,000 jobs at a hundred a second. */
  lookTimeoutMs: 5 * MINUTE_MS,
} as const;

/** Schedules of jobs. */
export const schedule = {
  /** Runs of a schedule that were due while Temporal was down are made up for, unless they are older. Temporal's own default is a year. */
  catchUpWindowMs: DAY_MS,
  /** Runs that a description of a schedule shows. */
  runsShown: 10,
  /** Rows of one list call: a page of Temporal's. */
  listMax: 100,
  cronsMax: 10,
  /** Ten years: an interval or window above it is a mistake of units. */
  secondsMax: (10 * 365 * DAY_MS) / SECOND_MS,
} as const;

/** The cleaning of the workspace. */
export const cleaning = {
  intervalMs: DAY_MS,
  /** It looks at each folder, and removes what may be a million objects. */
  timeoutMs: 12 * HOUR_MS,
  /** Some pages of a listing, and some hundred requests, between two heartbeats. */
  heartbeatTimeoutMs: 2 * MINUTE_MS,
  /** Few: nobody waits for it. */
  requestsInFlight: 16,
} as const;
