import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevConfig } from '../../../config/dev';
import { withLock } from '../../../dev/tools/lock.cjs';
import { isExecutable } from '../../../dev/tools/tool';

/** A program that only the benchmark needs. The product does without it, so one that can't be had is skipped with a word. */
export interface FetchedTool {
  readonly name: string;
  readonly version: string;
  /** The path of the executable below its folder in the cache. */
  readonly executable: string;
  readonly fetch: (into: string, label: string) => Promise<void>;
}

export type Provided = { readonly path: string } | { readonly missing: string };

/**
 * From the cache, else fetched into the cache; nothing is installed system-wide. One on the PATH would be of any version, and
 * the figures are of this one. Never rejects.
 */
export async function provideTool(tool: FetchedTool, dev: Pick<DevConfig, 'cacheDir'>): Promise<Provided> {
  const folder = join(dev.cacheDir, `${tool.name}-${tool.version}`);
  const path = join(folder, tool.executable);
  try {
    await withLock(
      `${folder}.lock`,
      () => undefined,
      async () => {
        if (!(await isExecutable(path))) await fetchInto(tool, folder);
      },
    );
    return { path };
  } catch (error) {
    return {
      missing: `${tool.name} ${tool.version} could not be fetched (${(error as Error).message.split('\n')[0] ?? ''})`,
    };
  }
}

async function fetchInto(tool: FetchedTool, folder: string): Promise<void> {
  const draft = `${folder}.fetching-${String(process.pid)}`;
  try {
    await mkdir(draft, { recursive: true });
    await tool.fetch(draft, `fetching ${tool.name} ${tool.version}`);
    if (!(await isExecutable(join(draft, tool.executable)))) throw new Error(`it did not bring ${tool.executable}`);
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
