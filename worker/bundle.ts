import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, type WorkerOptions } from '@temporalio/worker';

/** Built with the rest of dist/: bundling at start would cost each worker one to two seconds. */
const BUNDLE_PATH = resolve(__dirname, '..', 'workflow-bundle.js');
const WORKFLOWS_PATH = join(__dirname, '..', 'workflows');
/** In every bundle: a workflow that was begun with a trace replays with its interceptors alone, also where nothing is traced any more. */
const INTERCEPTORS = [join(WORKFLOWS_PATH, 'tracing')];

export async function buildWorkflowBundle(path = BUNDLE_PATH): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: WORKFLOWS_PATH,
    workflowInterceptorModules: INTERCEPTORS,
    logger: new DefaultLogger('WARN'),
  });
  await mkdir(dirname(path), { recursive: true });
  // Renamed into place: a worker that starts meanwhile sees the old bundle or the new one, never half of it.
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, code);
  await rename(temporary, path);
  return path;
}

/** `modules`: interceptors that the bundler has to add, for want of a bundle that has them. */
export function workflowSource(bundlePath = BUNDLE_PATH): {
  readonly source: Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath'>;
  readonly modules: string[];
} {
  return existsSync(bundlePath)
    ? { source: { workflowBundle: { codePath: bundlePath } }, modules: [] }
    : { source: { workflowsPath: WORKFLOWS_PATH }, modules: INTERCEPTORS };
}
