/** What the cases that all operations have in common need to know of an operation, and what each store makes of them. */
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import type { At, BucketKind, ByStore, Side } from '../../support/servers/store-matrix';

/** In the words of `seen`; one text when all stores do the same. */
export type Expected = string | ByStore<string>;

export interface OperationSpec {
  readonly operation: string;
  readonly parameters: (side: Side) => JsonObject;
  /** Where its objects lie, except those with versions. */
  readonly bucket?: BucketKind;
  /** Where those with versions lie [`versions`]. */
  readonly versionsIn?: BucketKind;
  /** Properties of its objects. */
  readonly put?: Partial<PutObjectCommandInput>;
  /** After an object was put. */
  readonly prepare?: (side: Side, at: At) => Promise<void>;
  /** True when the effect is there, read by AWS's client. */
  readonly done: (side: Side, at: At, outcome: TaskOutcome) => Promise<boolean>;
  readonly expected: {
    readonly effect: Expected;
    /** The row names the older of two versions; the other one must stay as it is. */
    readonly olderVersion: Expected;
    readonly missingKey: Expected;
    readonly secondRun: Expected;
    readonly oddKeys: Expected;
  };
}

/** A case of its own. */
export interface StoreCase {
  readonly operation: string;
  readonly what: string;
  readonly run: (side: Side) => Promise<string>;
  readonly expected: Expected;
}

export function onAll(expected: Expected): ByStore<string> {
  return typeof expected === 'string' ? { SeaweedFS: expected, versitygw: expected, moto: expected } : expected;
}
