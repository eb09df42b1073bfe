import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadDevConfig } from '../../../config/dev';
import { freePorts } from '../../../dev/parts/ports';
import { SEAWEEDFS_GRPC_OFFSET, SEAWEEDFS_PORTS, seaweedFsPart } from '../../../dev/parts/seaweedfs';
import { provideSeaweedFs } from '../../../dev/tools/seaweedfs';
import { eventually } from '../eventually';
import { TEST_ACCESS_KEY, TEST_SECRET_KEY } from './stack';

const STOP_GRACE_MS = 4_000;

/** A SeaweedFS that nobody starts again by itself. */
export interface KillableStore {
  readonly url: string;
  start(): Promise<void>;
  /** Ends as on SIGTERM; killed when that takes longer than some seconds. */
  stop(): Promise<void>;
  /** SIGSTOP: it takes connections and requests, and answers none. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** And its data. */
  close(): Promise<void>;
}

/** One more user and its rights, as SeaweedFS writes them: `Read`, `Write`, `List`, `Tagging`, `Admin`, each with `:bucket` for one only. */
export interface StoreIdentity {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly actions: readonly string[];
}

export async function startKillableStore(others: readonly StoreIdentity[] = []): Promise<KillableStore> {
  const binary = await provideSeaweedFs(loadDevConfig());
  const port = await freePorts(SEAWEEDFS_PORTS, [SEAWEEDFS_GRPC_OFFSET]);
  const dataDir = mkdtempSync(join(tmpdir(), 'drover-store-'));
  const credentials = { accessKeyId: TEST_ACCESS_KEY, secretAccessKey: TEST_SECRET_KEY };
  const part = seaweedFsPart({ binary, port, dataDir, ...credentials });
  const args = [...part.args, ...identityArguments(dataDir, others)];
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(part.command, args, { env: { ...part.env }, stdio: 'ignore' });
    const pid = child.pid ?? 0;
    await eventually(
      () => part.ready(pid).catch(() => false),
      (ready) => ready,
      part.readyTimeoutMs,
    );
  };
  const stop = async (): Promise<void> => {
    const running = child;
    child = undefined;
    if (running === undefined) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGTERM');
    await Promise.race([ended, delay(STOP_GRACE_MS)]);
    running.kill('SIGKILL');
    await ended;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    start,
    stop,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    close: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function identityArguments(dataDir: string, others: readonly StoreIdentity[]): string[] {
  if (others.length === 0) return [];
  const admin = { accessKey: TEST_ACCESS_KEY, secretKey: TEST_SECRET_KEY, actions: ['Admin', 'Read', 'Write', 'List'] };
  const identities = [admin, ...others].map(({ accessKey, secretKey, actions }) => ({
    name: accessKey,
    credentials: [{ accessKey, secretKey }],
    actions,
  }));
  const file = join(dataDir, 'identities.json');
  writeFileSync(file, JSON.stringify({ identities }));
  return [`-s3.config=${file}`];
}
