import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevConfig } from '../../config/dev';
import { aptDownload } from './apt';
import { runCommand } from './progress.cjs';
import { onPath, provide, type Tool } from './tool';

const tool: Tool = {
  name: 'promtool',
  version: 'debian',
  variable: 'PROMTOOL',
  onPath: { binary: 'promtool', works: () => Promise.resolve(true) },
  executable: 'usr/bin/promtool',
  fetchers: [
    {
      by: 'apt-get download',
      available: async () => (await onPath('apt-get')) && (await onPath('dpkg-deb')),
      fetch: fetchFromDebian,
    },
  ],
  advice:
    'Install Prometheus (https://prometheus.io/download; Debian, Ubuntu: apt install prometheus), or set PROMTOOL to its promtool.',
};

/** Path of promtool, which reads and tries alert rules. For tests only. */
export function providePromtool(config: Pick<DevConfig, 'cacheDir' | 'tools'>): Promise<string> {
  return provide(tool, config);
}

/** The one program, without the server: its package would start that as a service. */
async function fetchFromDebian(into: string, label: string): Promise<void> {
  await aptDownload('prometheus', into, label);
  const [file = ''] = await readdir(into);
  await runCommand('dpkg-deb', ['-x', file, 'all'], { cwd: into });
  await runCommand('cp', ['--parents', tool.executable, into], { cwd: join(into, 'all') });
  await rm(join(into, file));
  await rm(join(into, 'all'), { recursive: true });
}
