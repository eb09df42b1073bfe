import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevConfig } from '../../config/dev';
import { aptAvailable, aptInstall } from './apt';
import { runCommand } from './progress.cjs';
import { findOnPath, provide, type Tool } from './tool';

/** The first with all that the console uses: `light-dark()`, `:has()`, nested rules. */
const MAJOR_MIN = 123;

const tool: Tool = {
  name: 'chromium',
  version: 'system',
  variable: 'CHROMIUM',
  onPath: { binary: 'chromium', works: isRecent },
  executable: 'bin/chromium',
  fetchers: [
    {
      by: 'apt-get, as root',
      available: aptAvailable,
      fetch: async (into) => {
        await aptInstall(['chromium', 'fonts-dejavu-core']);
        await linkTo(await findOnPath('chromium'), into);
      },
    },
  ],
  advice:
    'Install Chromium (Debian, Ubuntu with a package of it: apt install chromium), or set CHROMIUM to a Chromium or Chrome ' +
    `of version ${MAJOR_MIN} or later.`,
};

/** Path of a browser, for tests of the console only. Debian's is taken: no package of npm brings one. */
export function provideChromium(config: Pick<DevConfig, 'cacheDir' | 'tools'>): Promise<string> {
  return provide(tool, config);
}

async function isRecent(path: string): Promise<boolean> {
  const version = await runCommand(path, ['--version'], { timeoutMs: 30_000 }).catch(() => '');
  const [, major = '0'] = / (\d{1,5})\.\d/.exec(version) ?? [];
  return Number(major) >= MAJOR_MIN;
}

/** A browser that is removed later leaves a link to nothing, which counts as none. */
async function linkTo(path: string | undefined, into: string): Promise<void> {
  if (path === undefined) throw new Error('apt-get installed no chromium');
  await mkdir(join(into, 'bin'));
  await symlink(path, join(into, 'bin', 'chromium'));
}
