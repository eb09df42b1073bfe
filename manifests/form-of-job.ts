import { workspaceKeys } from '../contracts/engine/naming';
import type { JobRequest, Workspace } from '../contracts/job';
import { readIfThere } from '../reports';
import type { ObjectStore } from '../storage/object-store';
import { CANONICAL_FORM } from './segments/canonical-row';
import { decodeSegmentTable, type ManifestForm } from './segments/segment-table';
import { csvForm } from './sources/csv';

/**
 * How a job has read its rows, and so how its report spells keys: as the table of its segments says, or as its request does of a
 * manifest that is read in place. `folder` is the job's own. Rejects with `StoreError`.
 */
export async function formOfJob(
  store: ObjectStore,
  folder: Workspace,
  { Manifest }: JobRequest,
  signal: AbortSignal,
): Promise<ManifestForm> {
  const ref = { bucket: folder.bucket, key: workspaceKeys.segmentTable(folder.prefix) };
  const table = await readIfThere(store, ref, { signal });
  if (table !== undefined) return decodeSegmentTable(table.toString('utf8')).form;
  return Manifest?.Spec.Fields === undefined ? CANONICAL_FORM : csvForm(Manifest.Spec);
}
