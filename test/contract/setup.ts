/** What the contract suite needs to know of an operation. */
import type { JsonObject } from '../../contracts/job';
import type { Task, TaskOutcome } from '../../contracts/outcome';
import type { ObjectSeed } from '../support/memory-bucket';
import type { MemoryFunctions } from '../support/memory-functions';
import type { MemoryStore } from '../support/memory-store';

export const SOURCE = 'source';
export const TARGET = 'archive';
export const JOB_ID = '5f0b6a0e-6a3c-5d0c-9a54-1b1f3a1f0001';

export interface World {
  readonly store: MemoryStore;
  readonly functions: MemoryFunctions;
}

export interface Setup {
  /** Rights that the operation asks for on a task in SOURCE with `parameters`: `read bucket`, `write bucket`, sorted. */
  readonly needed: readonly string[];
  /** Taken from the operation's first example unless given. */
  readonly parameters?: JsonObject;
  readonly seed?: ObjectSeed;
  /** The call that does the work. */
  readonly method: string;
  /** True when the operation has done its work on this object. */
  readonly done: (world: World, task: Task) => boolean;
  /** Parameters to be refused, with the member that the message must name. */
  readonly invalid: readonly (readonly [parameters: JsonObject, names: string])[];
  /** The operation does not touch the object itself, so that it need not exist. */
  readonly objectNotNeeded?: true;
  /** What a second run at once says, where that is not a success again. */
  readonly secondRun?: Partial<TaskOutcome>;
}

export const TAGS = [{ Key: 'before', Value: 'yes' }];
