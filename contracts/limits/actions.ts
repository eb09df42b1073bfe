/** Limits of what is done to objects. */
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './units';

/** Deletes of many keys in a request. */
export const deletes = {
  /**
   * Deletes have 1,000 keys in a request: five of them make a batch worth its cost, and 4 × 2 × 5 are under way for a job at
   * most. Each key counts where a store limits the rate of requests (S3: 3,500 a second for a prefix).
   */
  batchRows: 5_000,
  chunksInFlight: 4,
  batchesInFlight: 2,
  /** API_DeleteObjects. */
  keysPerRequestMax: 1_000,
  /** Keys of such a request that have to be asked for by themselves: few at once, for the others of the job are under way as well. */
  singlesInFlight: 8,
  /** Versions of a key that no listing shows, deleted one after the other with a look before each: more would hold up its batch. */
  unlistedVersionsMax: 100,
} as const;

/** Copies within a store and between stores. */
export const copy = {
  /** A copy answers when it is done: 5 GB at 10 MB/s and some air. */
  timeoutMs: 10 * MINUTE_MS,
  /** S3's bound for CopyObject (API_CopyObject): larger objects are copied in parts, within the store. */
  objectBytesMax: 5 * 1024 ** 3,
  /** As many parts as a bucket takes requests at once from the start: all of them are under way together. */
  partsAim: 64,
  /** A smaller part takes as long for its request as for its bytes. */
  partBytesMin: 64 * 1024 * 1024,
  /** Larger parts only where there would be too many: this one takes a store some ten seconds, and is what a crash costs. */
  partBytesAimMax: 1024 ** 3,
  /** Parts of one object that a store copies at once; the bucket's adaptive limit holds for all objects together. */
  partsInFlight: 100,
  /** What a worker holds of bodies on their way between two stores, over all its jobs. A part that is larger goes alone. */
  transferBytesInFlightMax: 256 * 1024 * 1024,
  /** Largest object that goes from one store to another: 10,000 parts of 525 MiB, each of which has to fit into memory. */
  transferObjectBytesMax: 5 * 1024 ** 4,
  /** Longest batch of copies: 5 TiB, the most that goes between stores, at 64 MiB/s takes 23 hours. A crash is noticed by its heartbeats. */
  batchTimeoutMs: 24 * HOUR_MS,
} as const;

/** Multipart uploads. */
export const multipart = {
  /** Copies between stores of larger objects go in parts: a part that fails is sent again, not the object. */
  aboveBytes: 64 * 1024 * 1024,
  /** S3 takes 5 MiB to 5 GiB, and 10,000 parts at most: larger objects get larger parts. */
  partBytes: 16 * 1024 * 1024,
  /** S3's bounds ("Amazon S3 multipart upload limits"). */
  partsMax: 10_000,
  partBytesMin: 5 * 1024 * 1024,
  /** Parts of one object under way at once: enough to keep a 1 Gbit/s line busy over a long distance. */
  partsInFlight: 4,
  partBytesMax: 5 * 1024 ** 3,
  /** All attempts of a request that begins an upload take less. */
  beginMs: 6 * MINUTE_MS,
  /** Stores give the time in whole seconds; a clock that is further off leaves an upload without parts, which costs nothing. */
  beginSkewMs: 5 * SECOND_MS,
  /** When a batch has to stop, beginning and giving up a multipart upload may take this much longer: none is forgotten. */
  stopGraceMs: 2 * SECOND_MS,
  /**
   * A batch or job that is done but for uploads at a store out of reach waits for it no longer: the log names them. The
   * attempts of a batch take some three minutes.
   */
  giveUpAttemptsMax: 10,
  giveUpTimeoutMs: 5 * MINUTE_MS,
} as const;

/** Calls of functions and webhooks. */
export const invocation = {
  /** Functions may run for 15 minutes (AWS Lambda quotas); half a minute more, so that the service can say that one timed out. */
  functionTimeoutMs: 15 * MINUTE_MS + 30 * SECOND_MS,
  /** HttpInvoke's time-out unless the job says otherwise, and its maximum (a function may run as long). */
  webhookTimeoutMs: 60 * SECOND_MS,
  webhookTimeoutMsMax: 15 * MINUTE_MS,
  /** Calls to one function or address that one worker has under way: a quarter of an account's 1,000 concurrent executions on AWS. */
  inFlightMax: 256,
  /** What Lambda itself allows for an answer ("Response payload size exceeded maximum allowed payload size (6291556 bytes)"). */
  answerBytesMax: 6_291_556,
  /** A whole batch. With keys of 1,024 bytes, all percent-encoded, such a request has 4.5 MB: below the 6 MB that Lambda takes. */
  tasksMax: 1_000,
  /** Characters of an error page or stack trace that go into the row of each task it concerns. */
  errorCharsMax: 1_000,
} as const;

/** Retrievals of archives from vaults. */
export const retrieval = {
  /**
   * Retrievals are in flight for hours, so that a batch has many of them: one batch at a time, so that what it may start is
   * counted once. The rows of a batch make a part of some 5 MB.
   */
  batchRows: 10_000,
  /** Archives that are looked at, read or stored at a time; memory for bodies bounds those that are read. */
  atOnce: 16,
  /** Ranges of one archive are read one after the other: large ones have large ranges, so that round trips are not what counts. */
  rangesAim: 1_000,
  rangeBytesAimMax: 128 * 1024 * 1024,
  /** Retrieval jobs of one job, unless it says otherwise, and at most. */
  inFlight: 1_000,
  inFlightMax: 10_000,
} as const;
