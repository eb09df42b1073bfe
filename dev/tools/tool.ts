import { constants } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { type DevConfig, type ToolVariable, userEnvironment } from '../../config/dev';
import { withLock } from './lock.cjs';

/** One way to get a tool from what the machine has. */
export interface Fetcher {
  /** As in "fetching temporal with go install". */
  readonly by: string;
  readonly available: () => Promise<boolean>;
  /** Puts the tool into the empty folder `into`. The folder is moved afterwards: nothing in it may name its own place. */
  readonly fetch: (into: string, label: string) => Promise<void>;
}

/** What every file of this folder describes; `provide` climbs the same ladder for all of them. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  readonly variable: ToolVariable;
  /** Looked for on the PATH and taken if it satisfies `works`; absent when another version there would not do. */
  readonly onPath?: { readonly binary: string; readonly works: (path: string) => Promise<boolean> };
  /** The path of the executable below the folder in the cache. */
  readonly executable: string;
  /** Tried in this order. */
  readonly fetchers: readonly Fetcher[];
  /** What a person can do when nothing worked. */
  readonly advice: string;
}

/**
 * Path of a tool's executable: the one that its variable names, else one on the PATH, else the cached one, else it is fetched
 * now. Safe to call from several processes at once. Rejects with a message that says what to install.
 */
export async function provide(tool: Tool, config: Pick<DevConfig, 'cacheDir' | 'tools'>): Promise<string> {
  const given = config.tools[tool.variable];
  if (given !== undefined) {
    const path = isAbsolute(given) || given.includes('/') ? resolve(given) : await findOnPath(given);
    if (path !== undefined && (await isExecutable(path))) return path;
    throw new Error(`${tool.variable}=${given} is not an executable file`);
  }
  const found = tool.onPath === undefined ? undefined : await findOnPath(tool.onPath.binary);
  if (found !== undefined && (await tool.onPath?.works(found)) === true) return found;
  const folder = join(config.cacheDir, `${tool.name}-${tool.version}`);
  const executable = join(folder, tool.executable);
  if (await isExecutable(executable)) return executable;
  const waiting = (holder: string): void => {
    process.stderr.write(`waiting for ${holder}, which is fetching ${tool.name}\n`);
  };
  return withLock(`${folder}.lock`, waiting, async () => {
    if (!(await isExecutable(executable))) await fetchInto(tool, folder, config.cacheDir);
    return executable;
  });
}

async function fetchInto(tool: Tool, folder: string, cacheDir: string): Promise<void> {
  const reasons: string[] = [];
  for (const fetcher of tool.fetchers) {
    if (!(await fetcher.available())) {
      reasons.push(`${fetcher.by}: not available here`);
      continue;
    }
    const draft = join(cacheDir, `.fetching-${tool.name}-${String(process.pid)}`);
    try {
      await rm(draft, { recursive: true, force: true });
      await mkdir(draft, { recursive: true });
      await fetcher.fetch(draft, `fetching ${tool.name} ${tool.version} with ${fetcher.by}`);
      if (!(await isExecutable(join(draft, tool.executable)))) throw new Error(`it did not bring ${tool.executable}`);
      await rm(folder, { recursive: true, force: true });
      await rename(draft, folder);
      return;
    } catch (error) {
      reasons.push(`${fetcher.by}: ${(error as Error).message}`);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
  throw new Error(
    `${tool.name} is needed and could not be fetched.\n${tool.advice}\n\nTried:\n- ${reasons.join('\n- ')}`,
  );
}

export async function findOnPath(binary: string): Promise<string | undefined> {
  for (const folder of (userEnvironment()['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, binary);
    if (folder !== '' && (await isExecutable(path))) return path;
  }
  return undefined;
}

export async function onPath(binary: string): Promise<boolean> {
  return (await findOnPath(binary)) !== undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
