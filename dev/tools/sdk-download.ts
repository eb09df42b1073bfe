import { chmod, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { userEnvironment } from '../../config/dev';
import { runCommand } from './progress.cjs';
import type { Fetcher } from './tool';

/** A closed network refuses at once or never answers; the archive has some 30 MB. */
const TIMEOUT_MS = 60_000;
const REACHABLE_MS = 15_000;
const HOST = 'https://temporal.download/';

/**
 * The download built into Temporal's TypeScript SDK. The SDK offers it only as part of starting a server, hence a process of
 * its own: starts one from a download folder, stops it, and leaves the binary in the folder.
 */
const SCRIPT = `
const { TestWorkflowEnvironment } = require('@temporalio/testing');
const [kind, downloadDir] = process.argv.slice(1);
const server = { executable: { type: 'cached-download', downloadDir } };
const started = kind === 'dev-server'
  ? TestWorkflowEnvironment.createLocal({ server })
  : TestWorkflowEnvironment.createTimeSkipping({ server });
started.then((environment) => environment.teardown()).catch((error) => { console.error(error.message); process.exit(1); });
`;

export function sdkDownload(kind: 'dev-server' | 'time-skipping', executable: string): Fetcher {
  return {
    by: "the Temporal SDK's own download",
    available: isReachable,
    fetch: async (into, label) => {
      const args = ['-e', SCRIPT, kind, into];
      await runCommand(process.execPath, args, { label, env: userEnvironment(), timeoutMs: TIMEOUT_MS });
      const [file] = (await readdir(into)).filter((name) => name.startsWith('temporal'));
      if (file === undefined) throw new Error('the SDK left no binary in its download folder');
      await rename(join(into, file), join(into, executable));
      await chmod(join(into, executable), 0o755);
    },
  };
}

/** Any answer will do: asked first, because the SDK itself waits without limit on a network that drops packets. */
async function isReachable(): Promise<boolean> {
  return fetch(HOST, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(REACHABLE_MS) }).then(
    () => true,
    () => false,
  );
}
