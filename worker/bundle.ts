import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { bundleWorkflowCode, type WorkerOptions } from '@temporalio/worker';

/** Built with the rest of dist/: bundling at start would cost each worker one to two seconds. */
const BUNDLE_PATH = resolve(__dirname, '..', 'workflow-bundle.js');
const WORKFLOWS_PATH = join(__dirname, '..', 'workflows');

export async function buildWorkflowBundle(path = BUNDLE_PATH): Promise<string> {
  const { code } = await bundleWorkflowCode({ workflowsPath: WORKFLOWS_PATH });
  await mkdir(dirname(path), { recursive: true });
  // Renamed into place: a worker that starts meanwhile sees the old bundle or the new one, never half of it.
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, code);
  await rename(temporary, path);
  return path;
}

export function workflowSource(bundlePath = BUNDLE_PATH): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'> {
  return existsSync(bundlePath) ? { workflowBundle: { codePath: bundlePath } } : { workflowsPath: WORKFLOWS_PATH };
}
