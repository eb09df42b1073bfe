import type { JobRequest, Workspace } from '../contracts/job';
import { workspaceKeys } from '../contracts/naming';
import { readIfThere } from '../reports';
import type { ObjectStore } from '../storage/object-store';
import type { ManifestForm } from './segments/segment-table';
import { CANONICAL_FORM } from './segments/canonical-row';
import { csvForm } from './sources/csv';
import type { PlannedParts } from './sources/source';

/**
 * How a job has read its rows, and so how its report spells keys: as the plan of its source says, or as its request does of a
 * manifest that is read in place. `folder` is the job's own. Rejects with `StoreError`.
 */
export async function formOfJob(
  store: ObjectStore,
  folder: Workspace,
  { Manifest }: JobRequest,
  signal: AbortSignal,
): Promise<ManifestForm> {
  const ref = { bucket: folder.bucket, key: workspaceKeys.sourceParts(folder.prefix) };
  const plan = await readIfThere(store, ref, { signal });
  if (plan !== undefined) return (JSON.parse(plan.toString('utf8')) as PlannedParts).form;
  return Manifest?.Spec.Fields === undefined ? CANONICAL_FORM : csvForm(Manifest.Spec);
}
