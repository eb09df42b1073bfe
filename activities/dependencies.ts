import type { Stores } from '../storage/object-store';

/** What activities are given by the worker's composition root. */
export interface ActivityDependencies {
  readonly stores: Stores;
}
