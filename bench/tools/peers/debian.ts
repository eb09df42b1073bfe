import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { userEnvironment } from '../../../config/dev';
import { aptAvailable } from '../../../dev/tools/apt';
import { runCommand } from '../../../dev/tools/progress.cjs';

/**
 * Unpacks a Debian package into a folder, uninstalled: unlike `apt-get install` this needs no root, starts no service and leaves
 * the system as it was. The programs so fetched need only libraries that every Debian has. Rejects where apt-get is missing.
 */
export async function unpackDebianPackage(name: string, into: string, label: string): Promise<void> {
  const env = userEnvironment();
  const downloads = join(into, '.deb');
  await mkdir(downloads, { recursive: true });
  const download = (): Promise<string> => runCommand('apt-get', ['download', name], { label, env, cwd: downloads });
  await download().catch(async (error: unknown) => {
    // The package lists may be missing or old; only root may renew them.
    if (!(await aptAvailable())) throw error;
    await runCommand('apt-get', ['update'], { label: 'apt-get update', env });
    await download();
  });
  for (const file of await readdir(downloads)) {
    await runCommand('dpkg-deb', ['-x', join(downloads, file), into], { env });
  }
  await rm(downloads, { recursive: true });
}
