import { DroverError } from '../../contracts/engine/failures';
import { grouped } from '../../contracts/text/text';
import type { BucketRows } from '../../manifests';
import type { BoundOperation } from '../../operations/operation';
import type { RoleStores } from '../../storage/object-store';

export interface RefusedRows {
  readonly rows: number;
  /** Those of the first bucket that is refused, and why. */
  readonly first?: { readonly bucket: string; readonly rows: number; readonly refusal: DroverError };
}

/**
 * Rows of buckets that the job's role can neither read nor write, or that no store has: whatever the operation is, each of them
 * fails. An operation that calls functions or addresses, or is of archives, needs nothing of a bucket: it refuses none.
 */
export function refusedRows(
  role: RoleStores,
  { calls, isOfArchives }: Pick<BoundOperation, 'calls' | 'isOfArchives'>,
  buckets: readonly BucketRows[],
): RefusedRows {
  let refused: RefusedRows = { rows: 0 };
  const { functions = [], urls = [] } = calls ?? {};
  if (isOfArchives || functions.length + urls.length > 0) return refused;
  for (const [bucket, rows] of buckets) {
    const refusal = refusalOf(role, bucket);
    if (refusal !== undefined) refused = { first: { bucket, rows, refusal }, ...refused, rows: refused.rows + rows };
  }
  return refused;
}

/** Throws the reason for which all rows of the source are refused. `source`: the source in words. */
export function checkSomeAllowed({ rows, first }: RefusedRows, totalRows: number, source: string): void {
  if (first === undefined || rows < totalRows) return;
  const { bucket, rows: inBucket, refusal } = first;
  const others = rows === inBucket ? '' : `, ${grouped(inBucket)} of them the bucket ${bucket}`;
  const what = rows === 1 ? 'The only row' : `All ${grouped(rows)} rows`;
  const verb = rows === 1 ? 'names a bucket' : 'name buckets';
  const message = `${what} of ${source} ${verb} that the job may not use${others}: ${refusal.message}`;
  throw new DroverError(refusal.code, message, { cause: refusal });
}

/** An empty name is the row's own fault, and told by its task. */
function refusalOf(role: RoleStores, bucket: string): DroverError | undefined {
  if (bucket === '') return undefined;
  try {
    role.storeFor(bucket, 'read');
    return undefined;
  } catch {
    return refusalTo('write', role, bucket);
  }
}

function refusalTo(access: 'write', role: RoleStores, bucket: string): DroverError | undefined {
  try {
    role.storeFor(bucket, access);
    return undefined;
  } catch (error) {
    if (error instanceof DroverError) return error;
    throw error;
  }
}
