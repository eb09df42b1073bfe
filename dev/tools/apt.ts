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
  // Without an update first: lists that are there may do, and an update may not be possible.
  await runCommand('apt-get', install, { label, env }).catch(async () => {
    await runCommand('apt-get', ['update'], { label: 'apt-get update', env });
    await runCommand('apt-get', install, { label, env });
  });
}
