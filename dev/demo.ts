import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DevConfig, loadDevConfig } from '../config/dev';
import { reportRowCount, watchJob } from './demo/job';
import { createCopyJob } from './demo/job-request';
import { jobsClient } from './demo/jobs-client';
import { DEMO_BUCKETS, DEMO_OBJECTS, putObjects } from './demo/objects';
import { type Lifetime, runUntilStopped } from './lifetime';
import { freePorts } from './parts/ports';
import { SEAWEEDFS_GRPC_OFFSET, SEAWEEDFS_PORTS } from './parts/seaweedfs';
import { type Stack, startStack } from './stack';

const INTERRUPTED = 130;

/**
 * `npm run demo`: a stack of its own on free ports and a temporary folder, one copy job over 10,000 objects through the S3 Control
 * API, and nothing left afterwards. With `--keep` the stack stays up until Ctrl-C, to look around.
 */
runUntilStopped(async (lifetime) => {
  const keep = process.argv.includes('--keep');
  const home = await mkdtemp(join(tmpdir(), 'drover-demo-'));
  process.once('exit', () => {
    rmSync(home, { recursive: true, force: true });
  });
  const dev = await demoConfig(home);
  lifetime.say('starting Temporal, SeaweedFS, API and worker …');
  const start = Date.now();
  const stack = await startStack({ dev, supervisor: lifetime.supervise(home), buckets: Object.values(DEMO_BUCKETS) });
  lifetime.say(`stack is up after ${seconds(Date.now() - start)} s; API at ${stack.apiUrl}`);
  await runJob(stack, lifetime);
  if (keep) {
    lifetime.say(
      `\nThe stack stays up: API ${stack.apiUrl}, Temporal UI ${stack.temporalUiUrl ?? 'elsewhere'}. Ctrl-C ends it.`,
    );
    await lifetime.stopped;
  } else {
    lifetime.say('\nStopping the stack. `npm run demo -- --keep` leaves it up to look around.');
  }
}, INTERRUPTED);

async function demoConfig(home: string): Promise<DevConfig> {
  const s3Port = await freePorts(SEAWEEDFS_PORTS, [SEAWEEDFS_GRPC_OFFSET]);
  const first = await freePorts(3);
  // The same for everybody, whatever is configured.
  const { configFile: _configFile, ...dev } = loadDevConfig();
  return {
    ...dev,
    home,
    s3Port,
    apiHost: '127.0.0.1',
    apiPort: first,
    temporalPort: first + 1,
    temporalUiPort: first + 2,
    workers: 1,
  };
}

async function runJob(stack: Stack, lifetime: Lifetime): Promise<void> {
  const start = Date.now();
  const manifest = await putObjects(stack.config);
  lifetime.say(
    `${count(DEMO_OBJECTS)} objects put into s3://${DEMO_BUCKETS.source} in ${seconds(Date.now() - start)} s`,
  );
  const client = jobsClient(stack);
  try {
    const jobId = await createCopyJob(client, stack.config, manifest);
    const runUrl = `${stack.temporalUiUrl ?? '(Temporal UI)'}/namespaces/${stack.config.temporal.namespace}/workflows/job-${jobId}`;
    lifetime.say(`job ${jobId}: copy to s3://${DEMO_BUCKETS.target}\n  ${runUrl}`);
    const result = await watchJob(client, stack.config, jobId);
    const reportFolder = `s3://${DEMO_BUCKETS.reports}/demo/job-${jobId}/`;
    const reportRows = await reportRowCount(stack.config, {
      bucket: DEMO_BUCKETS.reports,
      key: `demo/job-${jobId}/manifest.json`,
    });
    lifetime.say(
      [
        `${result.status}: ${count(result.succeeded)} succeeded, ${count(result.failed)} failed, of ${count(result.total)}`,
        `  ${count(Math.round(result.total / result.activeSeconds))} tasks/s (${result.activeSeconds.toFixed(1)} s active, store and worker on this one machine)`,
        `  report  ${reportFolder}manifest.json (${count(reportRows)} rows)`,
        `  run     ${runUrl}`,
      ].join('\n'),
    );
    if (result.status !== 'Complete' || result.succeeded !== DEMO_OBJECTS || reportRows !== DEMO_OBJECTS) {
      throw new Error(
        `the demo job should have ended Complete with ${count(DEMO_OBJECTS)} tasks succeeded and as many report rows${result.reason}`,
      );
    }
  } finally {
    client.destroy();
  }
}

function seconds(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
