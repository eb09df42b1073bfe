import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDevConfig } from '../../../config/dev';
import { freePorts } from '../../../dev/parts/ports';
import { SEAWEEDFS_GRPC_OFFSET, SEAWEEDFS_PORTS, seaweedFsPart } from '../../../dev/parts/seaweedfs';
import { temporalPart } from '../../../dev/parts/temporal';
import { Supervisor } from '../../../dev/supervisor';
import { provideSeaweedFs } from '../../../dev/tools/seaweedfs';
import { provideTemporal } from '../../../dev/tools/temporal';
import { provideTimeSkippingServer } from '../../../dev/tools/time-skipping-server';
import { buildWorkflowBundle } from '../../../worker/bundle';

/** Servers of one test run, shared by all test files. Their addresses go to the test processes through the environment. */
export class TestServers {
  readonly #home = mkdtempSync(join(tmpdir(), 'drover-test-'));
  readonly #supervisor = new Supervisor({ home: this.#home, say: (line) => void process.stderr.write(`${line}\n`) });
  #temporal: Promise<void> | undefined;
  #seaweedFs: Promise<void> | undefined;

  constructor() {
    // Also when the run is interrupted.
    process.once('exit', () => {
      rmSync(this.#home, { recursive: true, force: true, maxRetries: 3 });
    });
  }

  /** Temporal in memory and without UI, the workflows bundled once, and the path of the time-skipping server. */
  startTemporal(): Promise<void> {
    this.#temporal ??= this.#startTemporal();
    return this.#temporal;
  }

  startSeaweedFs(): Promise<void> {
    this.#seaweedFs ??= this.#startSeaweedFs();
    return this.#seaweedFs;
  }

  async stop(): Promise<void> {
    await this.#supervisor.stop();
    rmSync(this.#home, { recursive: true, force: true });
  }

  async #startTemporal(): Promise<void> {
    const config = loadDevConfig();
    process.env['DROVER_TEST_WORKFLOW_BUNDLE'] = await buildWorkflowBundle(join(this.#home, 'workflow-bundle.js'));
    await provideTimeSkippingServer(config).then(
      (path) => {
        process.env['DROVER_TEST_TIME_SKIPPING_SERVER'] = path;
      },
      // The tests that need it say so; the others can run.
      (error: unknown) => void process.stderr.write(`${(error as Error).message}\n`),
    );
    if (config.temporalAddress === undefined) {
      const binary = await provideTemporal(config);
      const port = await freePorts(1);
      await this.#supervisor.start(temporalPart({ binary, port, namespace: 'default' }));
      process.env['DROVER_TEST_TEMPORAL_ADDRESS'] = `127.0.0.1:${String(port)}`;
    } else {
      process.env['DROVER_TEST_TEMPORAL_ADDRESS'] = config.temporalAddress;
    }
  }

  async #startSeaweedFs(): Promise<void> {
    const config = loadDevConfig();
    if (config.s3Endpoint === undefined) {
      const binary = await provideSeaweedFs(config);
      const port = await freePorts(SEAWEEDFS_PORTS, [SEAWEEDFS_GRPC_OFFSET]);
      const dataDir = join(this.#home, 's3');
      mkdirSync(dataDir);
      await this.#supervisor.start(
        seaweedFsPart({ binary, port, dataDir, accessKeyId: 'drover', secretAccessKey: 'drover-secret' }),
      );
      process.env['DROVER_TEST_S3_ENDPOINT'] = `http://127.0.0.1:${String(port)}`;
    } else {
      process.env['DROVER_TEST_S3_ENDPOINT'] = config.s3Endpoint;
    }
  }
}

const holder = globalThis as { droverTestServers?: TestServers | undefined };

/** The servers of this process: jest runs the setups of several projects one after the other. */
export function testServers(): TestServers {
  holder.droverTestServers ??= new TestServers();
  return holder.droverTestServers;
}

export async function stopTestServers(): Promise<void> {
  const servers = holder.droverTestServers;
  holder.droverTestServers = undefined;
  await servers?.stop();
}
