import { userInfo } from 'node:os';
import { userEnvironment } from '../../config/dev';
import { runCommand } from './progress.cjs';
import { onPath } from './tool';

/** Only as root, as in a container: elsewhere the person is told what to install and decides. */
export async function aptAvailable(): Promise<boolean> {
  return userInfo().uid === 0 && (await onPath('apt-get'));
}

export async function aptInstall(packages: readonly string[]): Promise<void> {
  const env = { ...userEnvironment(), DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '--no-install-recommends', ...packages];
  const label = `installing ${packages.join(', ')} with apt-get`;
  await withLists(() => runCommand('apt-get', install, { label, env }), env);
}

/** Puts the package's file into the folder, and installs nothing: any user may. */
export async function aptDownload(name: string, into: string, label: string): Promise<void> {
  const env = userEnvironment();
  await withLists(() => runCommand('apt-get', ['download', name], { label, env, cwd: into }), env);
}

/** Without an update first: lists that are there may do, and an update may not be possible. */
async function withLists(work: () => Promise<unknown>, env: Readonly<Record<string, string>>): Promise<void> {
  await work().catch(async () => {
    await runCommand('apt-get', ['update'], { label: 'apt-get update', env });
    await work();
  });
}
