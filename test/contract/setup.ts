/**
 * What the contract suite needs to know of an operation. Most operations need the first part only; every other member says
 * where an operation differs from what the suite expects of all, and is left out by those that don't.
 */
import type { Task } from '../../contracts/engine/outcome';
import type { JsonObject } from '../../contracts/job';
import type { BucketOptions, ObjectSeed } from '../support/memory-store/bucket';
import type { MemoryFunctions } from '../support/memory-store/functions';
import type { MemoryStore } from '../support/memory-store/store';
import type { MemoryWebhooks } from '../support/memory-store/webhooks';

export const SOURCE = 'source';
export const TARGET = 'archive';
export const JOB_ID = '5f0b6a0e-6a3c-5d0c-9a54-1b1f3a1f0001';

export interface World {
  readonly store: MemoryStore;
  readonly functions: MemoryFunctions;
  readonly webhooks: MemoryWebhooks;
}

/** Some members of an outcome; those left out may be anything. */
export type Row = Partial<Record<'status' | 'httpStatus' | 'errorCode' | 'message', unknown>>;

export interface Setup {
  /** Rights that the operation asks for on a task in SOURCE with `parameters`: `read bucket`, `write bucket`, sorted. */
  readonly needed: readonly string[];
  /** Taken from the operation's first example unless given. */
  readonly parameters?: JsonObject;
  /** The call that does the work: faults strike here. Where there are several: the first one that changes anything. */
  readonly method: string;
  /**
   * True when the operation has done its work on this object. Where nothing is changed (`readOnly`): when the object was
   * looked at, to be seen in `world.store.calls`.
   */
  readonly done: (world: World, task: Task) => boolean;
  /** Parameters to be refused, with the member that the message must name. */
  readonly invalid: readonly (readonly [parameters: JsonObject, names: string])[];

  // The world it works in

  /** What the suite's objects are like beside body and TAGS. */
  readonly seed?: ObjectSeed;
  /** What the suite's buckets are made with: `{ versioned: true }`, `{ objectLock: true }`. */
  readonly bucket?: BucketOptions;
  /** Runs for each bucket of the suite before there are objects: replication rules, say. */
  readonly prepare?: (world: World, bucket: string) => void;
  /** Runs after each object was put: a delete marker on top of it, say. */
  readonly seeded?: (world: World, task: Task) => void;
  /** The operation does not touch the object itself, so that it need not exist. */
  readonly objectNotNeeded?: true;
  /** Nothing in any bucket is another afterwards. */
  readonly readOnly?: true;

  // Requests

  /** What is asked before `method`, in this order, for an object that is there. They change nothing. */
  readonly callsBefore?: readonly string[];
  /** What is asked after the signal to stop: what clears up (an upload given up). */
  readonly callsAfterStop?: readonly string[];

  // Rows that differ. Default in brackets.

  /** The object is not there [404 NoSuchKey]. */
  readonly missing?: Row;
  /** The row names a version that is not there [404 NoSuchVersion]. */
  readonly missingVersion?: Row;
  /** The bucket is not there [404 NoSuchBucket]. */
  readonly missingBucket?: Row;
  /** The row names the newest version [a success that acts on that version]. */
  readonly newestVersion?: Row;
  /** The row names a version that is not the newest [a success that acts on that version only]. A failure must have no effect. */
  readonly oldVersion?: Row;
  /** The same task again at once [a success]. */
  readonly secondRun?: Row;
  /** A second run may add a version or a delete marker: then the suite does not compare what is in the buckets. */
  readonly changesVersions?: true;
  /** The answer of `method` is lost once; the effect is there [a success]. */
  readonly lostAnswer?: Row;
  /** `method` gives no answer, ever, while other calls do [`No answer was received, the request may have taken effect: …`]. */
  readonly lostForGood?: Row;
  readonly rows?: RowsOfSpecialCases;

  /** For operations with `bindGroup`. */
  readonly group?: GroupSetup;
}

/** Each default in brackets; "the store's own words" are what the in-memory store says, as S3 would. */
export interface RowsOfSpecialCases {
  /** The newest version is a delete marker, and the row names no version [404 NoSuchKey]. */
  readonly deleteMarker?: Row;
  /** The row names the version of a delete marker [405 MethodNotAllowed]. */
  readonly deleteMarkerVersion?: Row;
  /** An object of class GLACIER, not restored [a success with the effect of any other]. */
  readonly archived?: Row;
  /** A version under retention in COMPLIANCE mode and legal hold; the row names it [a success with the effect of any other]. */
  readonly locked?: Row;
  /** `method` is answered with 501 NotImplemented [the row has it]. */
  readonly unknownCall?: Row;
  /** A directory bucket (`x--use1-az4--x-s3`) [501 NotImplemented, before any request]. */
  readonly directoryBucket?: Row;
}

export interface GroupSetup {
  /** The call that carries the group. */
  readonly method: string;
  /** Parameters that make `bindGroup` give a group [`parameters`]. */
  readonly parameters?: JsonObject;
}

export const TAGS = [{ Key: 'before', Value: 'yes' }];
