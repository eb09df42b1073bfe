/**
 * Every number that bounds something, with its reason. Units are in the names.
 */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const LIMITS = {
  /** Children of one workflow: Temporal advises at most 1,000; nine events each keep the job's history under its 10,240-event warning. */
  chunksPerJobMax: 1_000,
  /** Chunks aimed at for a large job; the rest of the 1,000 is room for the smaller chunks of the tail. */
  chunksPerJobAim: 790,
  /** Below this many batches a chunk costs more in events than it gains in spread. */
  chunkBatchesMin: 5,
  /** Rows per activity unless the operation says otherwise: S3's own page size. */
  batchRows: 1_000,
  /** In-flight batches per job = 8 × 4: enough for four workers of 8 slots, few enough that a pause or a new priority takes hold at once. */
  chunksInFlight: 8,
  batchesInFlight: 4,
  /** Batches after which a chunk continues as new: 600 × 6 events stay under the server's suggestion of 4,096. */
  chunkRunBatchesMax: 600,
  requestsInFlight: 64,
  /** Looks at objects before a request for many of them: some groups of a batch are under way at once, and share its limit. */
  groupLooksInFlight: 16,
  /**
   * Deletes have 1,000 keys in a request: five of them make a batch worth its cost, and 4 × 2 × 5 are under way for a job at
   * most. Each key counts where a store limits the rate of requests (S3: 3,500 a second for a prefix).
   */
  deleteBatchRows: 5_000,
  deleteChunksInFlight: 4,
  deleteBatchesInFlight: 2,
  /** API_DeleteObjects. */
  deleteKeysPerRequestMax: 1_000,
  /** Keys of such a request that have to be asked for by themselves: few at once, for the others of the job are under way as well. */
  deleteSinglesInFlight: 8,
  /** Versions of a key that no listing shows, deleted one after the other with a look before each: more would hold up its batch. */
  unlistedVersionsMax: 100,
  /** A job asks for a few calls in each of its buckets; of more than these some are found out anew. */
  storeFindingsMax: 4_096,
  /** A store that was set up otherwise under way is seen again after this. */
  storeFindingMs: HOUR_MS,
  batchTimeoutMs: 30 * MINUTE_MS,
  batchHeartbeatTimeoutMs: 20 * SECOND_MS,
  /** A setting's bounds: the beats of a second, thinned out to one a second, must leave room for a hiccup. */
  heartbeatTimeoutSecondsMin: 5,
  heartbeatTimeoutSecondsMax: 600,
  /** A listing and two reads, each with its attempts, also by a second worker. A pause waits no longer: the next attempt looks again. */
  recoverBatchTimeoutMs: MINUTE_MS,
  /** A worker asks whether Temporal hears it: several times within the shortest heartbeat time-out. */
  linkIntervalMs: SECOND_MS / 2,
  linkAnswerTimeoutMs: 1.5 * SECOND_MS,
  /** A process that wakes up is handed what was sent to it while it slept: so long after, no attempt is taken for a new one. */
  linkRecentMs: 5 * SECOND_MS,
  /** An attempt falls silent so long before Temporal gives it away for its length: requests that are on their way come to an end. */
  attemptEndMs: 5 * SECOND_MS,
  /** How often heartbeats reach the server: bounds the delay of pause and cancel, and the work redone after a crash. */
  heartbeatThrottleMs: SECOND_MS,
  /**
   * Parts of a source are read for an hour at a time, eight of them: beats of a second would be most of what a list costs at Temporal. Pause
   * and cancel take hold within so long.
   */
  preparingBeatMs: 4 * SECOND_MS,
  /** Memo refreshes while nothing but numbers change: often enough for a list of jobs, too seldom to fill the history. */
  memoIntervalMs: 5 * SECOND_MS,
  /** Rows are flushed to the workspace at this pace when a batch lasts longer. */
  checkpointIntervalMs: SECOND_MS,
  /** An object of task notes is written anew with each of them: so large, it is left and another begun. */
  taskNotesObjectBytes: 32 * 1024,
  /** Reading a manifest, writing a report: long for billions of rows; heartbeats notice a crash much sooner. */
  manifestTimeoutMs: 12 * HOUR_MS,
  reportTimeoutMs: 12 * HOUR_MS,
  /** Tasks a second that one batch manages with ease: a job with a limit gets as few batches as that takes. */
  limitedBatchTasksPerSecond: 250,
  /** How long a job waits for the dispatcher's word before it begins unasked: many times what the word takes on a busy server. */
  shareTimeoutMs: 30 * SECOND_MS,
  /** An equal that waits takes the place of one that has had the workers for so much longer. A change costs some 25 events. */
  shareTurnMs: 20 * SECOND_MS,
  /** How often turns are looked at, while more equals want to run than there are slots. */
  shareTurnCheckMs: 5 * SECOND_MS,
  /** A word between job and dispatcher is one call to Temporal. */
  dispatchCallTimeoutMs: 5 * SECOND_MS,
  dispatchTimeoutMs: 60 * SECOND_MS,
  /** How often the dispatcher looks which workers and jobs there are, while there are jobs. */
  surveyIntervalMs: 30 * SECOND_MS,
  surveyTimeoutMs: 20 * SECOND_MS,
  /** Slots assumed while no survey has told. */
  batchSlotsAssumed: 8,
  /** A worker has this many times its batch slots: those of a newcomer must not wait for a long batch to end. */
  batchSlotsHeadroom: 2,
  /** An event is tried this long (as EventBridge does), then given up. */
  notificationTimeoutMs: 24 * HOUR_MS,
  /** The longest pause between two attempts: some 150 of them in a day. */
  notificationRetryIntervalMaxMs: 10 * MINUTE_MS,
  /** The longest `Retry-After` that is obeyed in full. */
  notificationRetryAfterMaxMs: HOUR_MS,
  /** For the whole answer; 15 to 30 s is usual (Standard Webhooks, "Request timeouts"). */
  notificationRequestTimeoutMs: 15 * SECOND_MS,
  /** A request and some air: after this long a worker that was killed is missed. */
  notificationAttemptTimeoutMs: 45 * SECOND_MS,
  /** What a target that is never reached can leave for the next run of a notifier: about a kilobyte each, and an input holds two megabytes. */
  notificationBacklogMax: 500,
  /** Deliveries that one worker process has under way: they only wait, and one that hangs must not hold up the others. */
  notificationSlots: 100,
  /** Runs of a schedule that were due while Temporal was down are made up for, unless they are older. Temporal's own default is a year. */
  scheduleCatchUpWindowMs: DAY_MS,
  /** Runs that a description of a schedule shows. */
  scheduleRunsShown: 10,
  resolveManifestTimeoutMs: MINUTE_MS,
  /** Rows of one list call: a page of Temporal's. */
  listSchedulesMax: 100,
  scheduleCronsMax: 10,
  /** Ten years: an interval or window above it is a mistake of units. */
  scheduleSecondsMax: (10 * 365 * DAY_MS) / SECOND_MS,
  /** Unconfirmed jobs fail after this long (S3 Batch Operations user guide, "Suspended"). */
  confirmationTimeoutMs: 30 * DAY_MS,
  /** A job fails once this many tasks have run and more than this share of them failed (user guide, "Tracking job failure"). */
  failureThresholdTasksMin: 1_000,
  failureThresholdShare: 0.5,
  /** Finished jobs stay readable for this long (user guide: deleted 90 days after they end). */
  retentionMs: 90 * DAY_MS,
  restoreFirstCheckMs: 30 * MINUTE_MS,
  restoreIntervalMs: 30 * MINUTE_MS,
  /** Bulk retrievals from Deep Archive take up to 48 hours; a week leaves room for a queue. */
  restoreTimeoutMs: 7 * DAY_MS,
  /** Restore watches of one job: each is one polling activity over a stripe of chunks. */
  restoreStripesMax: 16,
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
  apiConnectionsMax: 500,
  /** Clients send their header in one piece. */
  apiHeadersTimeoutMs: 10 * SECOND_MS,
  /** A whole request: 2 MiB at 128 KiB/s take 16 s. */
  apiRequestTimeoutMs: 30 * SECOND_MS,
  /** How often the server looks for connections that are late: by so much both may be exceeded. */
  apiTimeoutCheckIntervalMs: 5 * SECOND_MS,
  /** How long the rest of a refused body is read and forgotten, so that the client sees the refusal. */
  apiDiscardTimeoutMs: SECOND_MS,
  /**
   * A request as it is kept, in bytes of JSON: 50 tags of the longest kind (77 kB), 100 grants and ten steps fit in. It lies in the
   * history, in the memory of workers, and in that of a schedule's workflow.
   */
  jobRequestBytesMax: 256 * 1024,
  /** Prefixes of one job: each is a listing of its own, and more of them are better said by one prefix and a filter. */
  sourcePrefixesMax: 100,
  /** Keys in a request: S3's own page size, for longer lists are manifests. */
  sourceKeysMax: 1_000,
  /** Bytes of keys in a request: half of what it may have, for their buckets and version ids. Longer lists are manifests. */
  sourceKeysBytesMax: 128 * 1024,
  /** Manifests or patterns of one job. */
  sourceManifestsMax: 1_000,
  /** S3's bound for keys ("Naming Amazon S3 objects"), here in characters, for a list of S3 Control is bounded so. */
  keyCharsMax: 1_024,
  /** A hundred years: an age above it is a mistake of units. */
  filterAgeSecondsMax: (100 * 365 * DAY_MS) / SECOND_MS,
  /** First rows that a preview shows. */
  previewRows: 20,
  previewRowsMax: 1_000,
  /** A preview reads as fast as one part of a job does, in the process of the API, which has others to serve. */
  previewsInFlight: 2,
  previewProgressMs: SECOND_MS,
  /** Rows in one line of a preview: a megabyte with the longest keys. */
  previewLineRows: 500,
  /** A reader that takes nothing for so long is given up: it would keep others from theirs. */
  previewIdleMs: MINUTE_MS,
  /** A manifest that is sent to the API: some 20,000,000 rows. Longer ones are put into a bucket. */
  uploadedManifestBytesMax: 1024 ** 3,
  /** Parts of it, each in memory while it is sent to the workspace. */
  uploadedManifestPartBytes: 8 * 1024 * 1024,
  /** So many at a time make 128 MiB, one part arriving and one being sent. */
  uploadedManifestsInFlight: 8,
  /** A client that sends nothing for so long is given up. */
  uploadedManifestIdleMs: 30 * SECOND_MS,
  /** 1 GiB at 300 KiB/s. */
  uploadedManifestTimeoutMs: HOUR_MS,
  /** 100 rows of a list whose memos have 2 MiB each, all that Temporal lets a memo have. */
  temporalAnswerBytesMax: 224 * 1024 * 1024,
  /** Rows of retries that a merged report holds in memory: some 100 MB, for each of these reports. */
  mergedRowsMax: 200_000,
  mergedBytesMax: 64 * 1024 * 1024,
  mergedReportsInFlight: 2,
  /** Retries of retries: each is looked up in Temporal. */
  mergedRetriesMax: 20,
  /** A completion report file is cut at this size, so that a worker never holds more of it. */
  reportFileBytesMax: 32 * 1024 * 1024,
  /**
   * Rows of a source are put into the workspace in objects of this size: what a worker holds of one part, twice. Some hundred
   * thousand rows.
   */
  segmentBytes: 8 * 1024 * 1024,
  /** At the latest after this long: what a crash costs. */
  segmentIntervalMs: 5 * SECOND_MS,
  /** Flushes that the state of a part names itself, 3 kB each. It is written with every flush, so earlier ones lie apart. */
  flushesPerStateMax: 64,
  /** Parts of a source that a job has read at a time: enough for four workers, few enough that other manifests get their turn. */
  partsInFlight: 8,
  /** Parts of a source at most: each costs some ten events. */
  sourcePartsMax: 256,
  /** Listings of a job that activities share: several for each of the parts in flight, so that those who end early find another. */
  listingPartsAim: 32,
  /** Requests that the parts of one listing have under way together: with 50 ms to an answer, 1,280,000 keys a second. */
  listingStreams: 64,
  /**
   * Hashes of rows, while those that are there twice are looked for: 25,000,000 rows. More take several passes, each over all rows.
   * One job of a worker has them at a time.
   */
  duplicateTableBytes: 256 * 1024 * 1024,
  /** Texts of rows that are to be compared, at a time: with what finds them again they take twice as much. */
  duplicateTextBytes: 48 * 1024 * 1024,
  /** A failure has 256 characters: more names would not fit. */
  duplicatesNamed: 3,
  /** Slices of a list that are fetched ahead, each of 8 MiB at most. */
  segmentsReadAhead: 4,
  /** Distinct buckets of a source that are counted: a list with more is not about buckets that a role may not use. */
  sourceBucketsCounted: 1_000,
  /** Manifests that a wildcard may name. */
  manifestFilesMax: 10_000,
  /** Longest line of a manifest: a 1,024-byte key with every byte percent-encoded, twice over for ignored columns. */
  manifestRowBytesMax: 64 * 1024,
  /** Rows that a source hands over at a time, some 2 MB: enough that a page costs nothing, little for a crash to lose. */
  sourcePageRows: 4_000,
  /** An inventory's manifest.json: 200 bytes for a file, so the 516 files of a billion objects take 100 kB. */
  inventoryManifestBytesMax: 16 * 1024 * 1024,
  inventoryFilesMax: 50_000,
  /** S3 knows 21; names that it adds later are passed over. */
  inventoryColumnsMax: 100,
  /** The directory at a Parquet file's end, held in memory as it is and taken apart: some kilobytes for each row group. */
  parquetFooterBytesMax: 16 * 1024 * 1024,
  /** One page of a column, inflated: writers aim at 1 MB, and at most a page of each column that is read is in memory. */
  parquetPageBytesMax: 32 * 1024 * 1024,
  /** Rows of one page: a column whose values are all the same, as the bucket, may have one page for a whole row group. */
  parquetPageRowsMax: 16_000_000,
  /** Statistics in it are the least and the greatest key of the page, 1,024 bytes each. */
  parquetPageHeaderBytesMax: 64 * 1024,
  /** One read from a column: large enough that 50 ms of latency cost little, and two for each column are in memory. */
  parquetReadBytes: 4 * 1024 * 1024,
  /** Attempts of one S3 request: 5 with full jitter ride out a store's hiccup of some seconds. */
  requestAttemptsMax: 5,
  /** When the store says slow down: more, because the adaptive limit eases off meanwhile. */
  requestSlowDownAttemptsMax: 12,
  requestTimeoutMs: 60 * SECOND_MS,
  /** A store that has answered nothing for so long is named as what a job waits for: longer than a hiccup, shorter than a time-out. */
  silenceToldMs: 10 * SECOND_MS,
  /** Before that it is asked for a sign of life: a copy of gigabytes answers when it is done. */
  silenceProbeMs: 5 * SECOND_MS,
  silenceProbeTimeoutMs: 10 * SECOND_MS,
  /** A batch that is to stop waits no longer for a store that has been silent for so long: pause and cancel take hold within 5 s. */
  silenceGivenUpMs: 2 * SECOND_MS,
  /** A worker tells a job of a silent store again no sooner than this, doubled each time: each word is four events in the job's history. */
  silenceToldAgainMs: 30 * SECOND_MS,
  silenceToldAgainMaxMs: HOUR_MS,
  /** The API's own requests to a store, so that its answer is there before clients give it up (`drover`: 30 s). */
  apiStoreTimeoutMs: 15 * SECOND_MS,
  /** A copy answers when it is done: 5 GB at 10 MB/s and some air. */
  copyTimeoutMs: 10 * MINUTE_MS,
  /** Copies between stores of larger objects go in parts: a part that fails is sent again, not the object. */
  multipartAboveBytes: 64 * 1024 * 1024,
  /** S3 takes 5 MiB to 5 GiB, and 10,000 parts at most: larger objects get larger parts. */
  multipartPartBytes: 16 * 1024 * 1024,
  /** S3's bounds ("Amazon S3 multipart upload limits"). */
  multipartPartsMax: 10_000,
  multipartPartBytesMin: 5 * 1024 * 1024,
  /** Parts of one object under way at once: enough to keep a 1 Gbit/s line busy over a long distance. */
  multipartPartsInFlight: 4,
  multipartPartBytesMax: 5 * 1024 ** 3,
  /** All attempts of a request that begins an upload take less. */
  multipartBeginMs: 6 * MINUTE_MS,
  /** Stores give the time in whole seconds; a clock that is further off leaves an upload without parts, which costs nothing. */
  multipartBeginSkewMs: 5 * SECOND_MS,
  /** S3's bound for CopyObject (API_CopyObject): larger objects are copied in parts, within the store. */
  copyObjectBytesMax: 5 * 1024 ** 3,
  /** As many parts as a bucket takes requests at once from the start: all of them are under way together. */
  copyPartsAim: 64,
  /** A smaller part takes as long for its request as for its bytes. */
  copyPartBytesMin: 64 * 1024 * 1024,
  /** Larger parts only where there would be too many: this one takes a store some ten seconds, and is what a crash costs. */
  copyPartBytesAimMax: 1024 ** 3,
  /** Parts of one object that a store copies at once; the bucket's adaptive limit holds for all objects together. */
  copyPartsInFlight: 100,
  /** What a worker holds of bodies on their way between two stores, over all its jobs. A part that is larger goes alone. */
  transferBytesInFlightMax: 256 * 1024 * 1024,
  /** Largest object that goes from one store to another: 10,000 parts of 525 MiB, each of which has to fit into memory. */
  transferObjectBytesMax: 5 * 1024 ** 4,
  /** Longest batch of copies: 5 TiB, the largest object, at 64 MiB/s takes 23 hours. A crash is noticed by its heartbeats. */
  copyBatchTimeoutMs: 24 * HOUR_MS,
  /** A request with a body may take longer by the time this slow a line needs for it. */
  uploadBytesPerSecondMin: 128 * 1024,
  /** When a batch has to stop, beginning and giving up a multipart upload may take this much longer: none is forgotten. */
  multipartStopGraceMs: 2 * SECOND_MS,
  /**
   * A batch or job that is done but for uploads at a store out of reach waits for it no longer: the log names them. The
   * attempts of a batch take some three minutes.
   */
  giveUpUploadsAttemptsMax: 10,
  giveUpUploadsTimeoutMs: 5 * MINUTE_MS,
  requestBackoffBaseMs: 100,
  requestBackoffMaxMs: 5 * SECOND_MS,
  /** The longest `Retry-After` that is obeyed in full. */
  requestRetryAfterMaxMs: 30 * SECOND_MS,
  /** Functions may run for 15 minutes (AWS Lambda quotas); half a minute more, so that the service can say that one timed out. */
  functionTimeoutMs: 15 * MINUTE_MS + 30 * SECOND_MS,
  /** HttpInvoke's time-out unless the job says otherwise, and its maximum (a function may run as long). */
  webhookTimeoutMs: 60 * SECOND_MS,
  webhookTimeoutMsMax: 15 * MINUTE_MS,
  /** Calls to one function or address that one worker has under way: a quarter of an account's 1,000 concurrent executions on AWS. */
  invocationsInFlightMax: 256,
  /** What Lambda itself allows for an answer ("Response payload size exceeded maximum allowed payload size (6291556 bytes)"). */
  invocationAnswerBytesMax: 6_291_556,
  /** A whole batch. With keys of 1,024 bytes, all percent-encoded, such a request has 4.5 MB: below the 6 MB that Lambda takes. */
  tasksPerInvocationMax: 1_000,
  /** Characters of an error page or stack trace that go into the row of each task it concerns. */
  invocationErrorCharsMax: 1_000,
  /** Pages without a row that a store may give one after the other: some pass over many delete markers so. */
  listEmptyPagesMax: 1_000,
  /** A range that holds fewer keys than so is not worth the request that would split it: two pages. */
  listSplitKeysMin: 2_000,
  /** Points of one range that are asked for at once: more would only narrow down what fewer have found already. */
  listProbesPerRangeMax: 32,
  /** Probes of one range that find nothing, one after the other, before it is left alone for some pages. */
  listProbeMissesMax: 12,
  /** Rounds of probes when a key space is cut for several workers: each takes one round trip. */
  listCutRoundsMax: 24,
  /** Bounds of the adaptive number of requests in flight to one bucket from one worker. */
  bucketRequestsInFlightMin: 1,
  bucketRequestsInFlightStart: 64,
  bucketRequestsInFlightMax: 256,
  /** Buckets of a store that metrics name; the others are added up. Each is three series of each worker, and jobs name any number. */
  metricsBucketsMax: 50,
  /** A survey is some 20 requests to Temporal, whose lists allow few a second; a scrape is usual every 15 s. */
  metricsSurveyIntervalMs: 10 * SECOND_MS,
  /** One answer of a survey: a scrape is given up after 10 s, unless it is told otherwise. */
  metricsSurveyTimeoutMs: 8 * SECOND_MS,
  /** A few scrapers, and people who look. */
  metricsConnectionsMax: 32,
  /** Signed requests are accepted this long before and after their date (AWS SigV4). */
  clockSkewMs: 15 * MINUTE_MS,
  describeReasonCharsMax: 256,
  /** S3 Control's bound (API_control_CreateJob, `Priority`). */
  priorityMax: 2_147_483_647,
  /** Maxima of a job's own limits: above these a limit limits nothing. */
  jobTasksPerSecondMax: 1_000_000,
  jobConcurrencyMax: 100_000,
  /** S3 user guide, "Controlling access and labeling jobs using tags". */
  jobTagsMax: 50,
  notificationUrlCharsMax: 2_048,
  listJobsMax: 1_000,
  /** Ten requests: what a person waits for where the command line looks for a job by what the API can't filter by. */
  cliJobsLookedThroughMax: 10_000,
  /** One request each: some seconds. */
  cliTagLookUpsMax: 1_000,
  /** A glob or regular expression. Keys have 1,024 bytes: a longer one could match nothing but by alternatives, which may be listed. */
  patternCharsMax: 1_024,
  /**
   * Instructions of a compiled expression. Where its automaton is too large to be kept, each character of a key costs as many
   * steps: 2,000 are some 40 ms for the longest key.
   */
  expressionProgramSizeMax: 2_000,
  /** All globs of a list together: 1,000 of 50 characters. */
  globsProgramSizeMax: 50_000,
  /** Entries of a list in a filter. A list of keys is a source, not a filter. */
  filterEntriesMax: 1_000,
  /** A WHERE of some hundred comparisons. What it costs grows with it, for each row. */
  selectCharsMax: 4_096,
  /** Deeper ones are nobody's intention, and would need more stack than DuckDB has been seen to check for. */
  selectDepthMax: 200,
  /** Rows that go to DuckDB at a time: four of its vectors. Larger pages are no faster, smaller ones are (2,048: by a third) slower. */
  selectPageRows: 8_192,
  /** Pages that are on their way: while DuckDB looks at one, the next is written. */
  selectPagesInFlight: 3,
  /** A page takes a millisecond. An expression that takes so long was made to. */
  selectTimeoutMs: 30 * SECOND_MS,
  /** What DuckDB may take; a page of the longest keys has 8 MiB, and some copies of it are made. */
  selectMemoryMiB: 256,
  /** The JavaScript of that process: pages on their way. */
  selectHeapMiB: 128,
  /** All of that process: DuckDB, the heap, stacks and buffers. It ends when it asks for more. */
  selectProcessMiB: 1_024,
  /** The process that checks expressions waits so long for the next one: starting it takes 150 ms. */
  selectIdleMs: 10 * SECOND_MS,
} as const;
