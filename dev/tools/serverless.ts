import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DevConfig, userEnvironment } from '../../config/dev';
import { runCommand } from './progress.cjs';
import { onPath, provide, type Tool } from './tool';

/** The last serverless that runs without an account, and the last serverless-offline for it. */
const SERVERLESS = '3.40.0';
const OFFLINE = '13.9.0';

const tool: Tool = {
  name: 'serverless-offline',
  version: `${SERVERLESS}-${OFFLINE}`,
  variable: 'SERVERLESS',
  executable: 'node_modules/.bin/serverless',
  fetchers: [
    {
      by: 'npm',
      available: () => onPath('npm'),
      fetch: async (into, label) => {
        await writeFile(join(into, 'package.json'), '{ "private": true }\n');
        const packages = [`serverless@${SERVERLESS}`, `serverless-offline@${OFFLINE}`];
        const args = [
          'install',
          '--prefix',
          into,
          '--no-audit',
          '--no-fund',
          '--ignore-scripts',
          '--loglevel=http',
          ...packages,
        ];
        await runCommand('npm', args, { label, cwd: into, env: npmEnvironment() });
      },
    },
  ],
  advice: 'Install npm, or set SERVERLESS to a serverless 3 executable with serverless-offline 13 beside it.',
};

/** Path of the `serverless` executable, with the serverless-offline plugin in the node_modules around it. */
export function provideServerless(config: Pick<DevConfig, 'cacheDir' | 'tools'>): Promise<string> {
  return provide(tool, config);
}

/** npm hands its own settings to the scripts it runs; a second npm inside must not take them for its project's. */
function npmEnvironment(): Record<string, string> {
  const dropped = /^npm_(config_(local_)?prefix|config_global|package_|lifecycle_)|^NODE_ENV$/;
  return Object.fromEntries(Object.entries(userEnvironment()).filter(([name]) => !dropped.test(name)));
}
