import { DroverError } from '../../contracts/engine/failures';
import { workspaceCleanerKey } from '../../contracts/engine/naming';
import { readIfThere } from '../../reports';
import type { Folder } from './folders';

/**
 * A workspace is cleaned by one installation alone: to another, its running jobs would look forgotten. The first that cleans writes
 * its name. Rejects with InvalidConfiguration where another's stands.
 */
export async function claimWorkspace({ store, signal, ...workspace }: Folder, installation: string): Promise<void> {
  const ref = { bucket: workspace.bucket, key: workspaceCleanerKey(workspace) };
  const owner = (await readIfThere(store, ref, { signal }))?.toString('utf8');
  if (owner === undefined) await store.put(ref, installation, { signal, contentType: 'text/plain; charset=utf-8' });
  if (owner === undefined || owner === installation) return;
  throw new DroverError(
    'InvalidConfiguration',
    `The workspace ${ref.bucket}/${workspace.prefix} is cleaned by another installation (${owner}, this one is ${installation}): turn workspace.keepDays off here, or remove ${ref.bucket}/${ref.key} if that one is gone`,
  );
}
