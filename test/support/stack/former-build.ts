import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { loadDevConfig } from '../../../config/dev';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';

/**
 * Path of an earlier commit of this project, compiled: `dist/` as its own build would have it, on the present dependencies. Made once,
 * in the cache of tools. Throws where a shallow clone lacks the commit.
 */
export function formerBuild(commit: string): string {
  const folder = folderOf(commit);
  if (!existsSync(folder)) {
    const draft = `${folder}.${process.pid}`;
    mkdirSync(draft, { recursive: true });
    try {
      checkOut(commit, draft);
      compile(draft);
      linkModules(draft);
      execFileSync(process.execPath, [join(draft, 'dist', 'worker', 'build-bundle.js')], { cwd: draft, stdio: 'pipe' });
      renameSync(draft, folder);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  linkModules(folder);
  return folder;
}

function folderOf(commit: string): string {
  return join(loadDevConfig().cacheDir, `drover-${commit}`);
}

/** Those of this checkout: the cache belongs to all. */
function linkModules(folder: string): void {
  rmSync(join(folder, 'node_modules'), { force: true });
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(folder, 'node_modules'));
}

function checkOut(commit: string, into: string): void {
  const { status } = spawnSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: PROJECT_ROOT, stdio: 'ignore' });
  if (status !== 0) throw new Error(`commit ${commit} is not in this clone; git fetch --unshallow brings it`);
  const tar = join(into, 'sources.tar');
  execFileSync('git', ['archive', '--format=tar', '-o', tar, commit], { cwd: PROJECT_ROOT, stdio: 'pipe' });
  execFileSync('tar', ['-xf', tar, '-C', into]);
  rmSync(tar);
}

/** Types were checked when it was written. */
function compile(folder: string): void {
  const { include } = JSON.parse(readFileSync(join(folder, 'tsconfig.build.json'), 'utf8')) as { include: string[] };
  for (const room of include) {
    for (const name of readdirSync(join(folder, room), { recursive: true, encoding: 'utf8' })) {
      const source = join(folder, room, name);
      const target = join(folder, 'dist', room, name.replace(/\.ts$/, '.js'));
      if (!/\.(ts|cjs)$/.test(name)) continue;
      mkdirSync(dirname(target), { recursive: true });
      if (name.endsWith('.cjs')) cpSync(source, target);
      else writeFileSync(target, transformFileSync(source, SWC).code);
    }
  }
}

const SWC = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs' },
  swcrc: false,
} as const;
