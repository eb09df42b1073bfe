import { defined } from '../../contracts/defined';
import type { JsonObject } from '../../contracts/job';
import type { ObjectStore } from '../../storage/object-store';
import { compileCondition } from './condition';
import { Look } from './look';

interface Named {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/**
 * A condition that decides which objects a job is for before it has tasks. `when` has passed the schema of conditions. The function rejects
 * with `StoreError` for an object that can't be read, and with what `storeFor` throws.
 */
export function rowCondition(
  when: JsonObject,
  createdAt: Date,
  storeFor: (bucket: string) => ObjectStore,
  signal: AbortSignal,
): (object: Named) => Promise<boolean> {
  const holds = compileCondition(when, createdAt);
  return ({ bucket, key, versionId }) => {
    const task = { bucket, key, manifestKey: key, row: 0, ...defined({ versionId }) };
    return holds(new Look(task, { storeFor }, signal));
  };
}
