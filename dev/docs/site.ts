import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { userEnvironment } from '../../config/dev';
import { PROJECT_ROOT } from '../parts/project-root';
import { runCommand } from '../tools/progress.cjs';

const SITE = join(PROJECT_ROOT, 'site');

/**
 * `npm run docs:site`: makes a site of the pages, in site/dist. `-- --base /drover/` for a path of a server, `-- dev` shows the pages
 * while they are written. A link that leads nowhere fails it.
 */
async function main([command = 'build', ...options]: readonly string[]): Promise<void> {
  const isCommand = ['build', 'dev', 'preview'].includes(command);
  if (modified('node_modules/.package-lock.json') < modified('package-lock.json')) {
    await runCommand('npm', ['ci', '--ignore-scripts'], { label: 'installing VitePress', cwd: SITE, env: forSite() });
  }
  const args = isCommand ? [command, ...options] : ['build', command, ...options];
  const vitepress = join(SITE, 'node_modules', 'vitepress', 'bin', 'vitepress.js');
  const child = spawn(process.execPath, [vitepress, ...args], { cwd: SITE, stdio: 'inherit' });
  child.once('close', (code) => {
    process.exitCode = code ?? 1;
  });
}

function modified(file: string): number {
  return statSync(join(SITE, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** npm tells its scripts where its project is: this one is another. */
function forSite(): Record<string, string> {
  return Object.fromEntries(Object.entries(userEnvironment()).filter(([name]) => !/^npm_|^NODE_ENV$/.test(name)));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
