import { Context } from '@temporalio/activity';
import type { CleanedWorkspace } from '../../contracts/engine/activities';
import { jobFolder } from '../../contracts/engine/job-start';
import type { ActivityDependencies, Cleaning } from '../dependencies';
import { claimWorkspace } from './claim';
import { type Folder, jobIdsOf, oldObjectsIn, removeFolder } from './folders';
import { removeUnusedManifests } from './uploaded-manifests';
import { canBeMissed } from './verdict';

/** Recorded with each heartbeat: another attempt goes on there. */
interface Place {
  readonly after?: string;
  readonly cleaned: CleanedWorkspace;
}

const NOTHING: CleanedWorkspace = { folders: 0, objects: 0, manifests: 0 };

/**
 * One round through the workspace: removes the folders of jobs that nothing can need any more, and manifests that were sent and
 * that no job uses. Does nothing where the configuration does not ask for it.
 */
export function cleanWorkspaceActivity({ stores, workspace, cleaning }: ActivityDependencies) {
  return async function cleanWorkspace(): Promise<CleanedWorkspace> {
    if (cleaning === undefined) return NOTHING;
    const { cancellationSignal: signal } = Context.current();
    const { bucket, prefix } = workspace;
    const all: Folder = { store: stores.workspace(), bucket, prefix, signal };
    await claimWorkspace(all, await cleaning.register.installation());
    const cleaned = await cleanFolders(all, cleaning);
    const manifests = await removeUnusedManifests(all, cleaning);
    return { ...cleaned, manifests };
  };
}

async function cleanFolders(all: Folder, cleaning: Cleaning): Promise<CleanedWorkspace> {
  const context = Context.current();
  let { after, cleaned } = (context.info.heartbeatDetails as Place | undefined) ?? { cleaned: NOTHING };
  const alive = (): void => context.heartbeat({ ...(after === undefined ? {} : { after }), cleaned } satisfies Place);
  for await (const jobId of jobIdsOf(all, after)) {
    const objects = await cleanFolder(all, jobId, cleaning, alive);
    if (objects > 0) cleaned = { ...cleaned, folders: cleaned.folders + 1, objects: cleaned.objects + objects };
    after = jobId;
    alive();
  }
  return cleaned;
}

/** How many objects are gone. */
async function cleanFolder(
  all: Folder,
  jobId: string,
  { keepMs, register }: Cleaning,
  alive: () => void,
): Promise<number> {
  const untilMs = Date.now() - keepMs;
  if (!canBeMissed(await register.knownJob(jobId), untilMs)) return 0;
  const folder: Folder = { ...all, ...jobFolder(all, jobId) };
  const objects = await oldObjectsIn(folder, untilMs);
  if (objects === undefined) return 0;
  await removeFolder(folder, alive);
  return objects;
}
