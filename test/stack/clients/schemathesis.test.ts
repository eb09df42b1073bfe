/**
 * Goal: the API keeps to its OpenAPI document: it takes what the document allows, refuses what it does not, and answers as it
 * says. Method: schemathesis makes requests of the document, the same ones in every run, and holds the answers to it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  awsClientEnvironment,
  schemathesis,
  TEST_ACCESS_KEY,
  TEST_SECRET_KEY,
  testStack,
} from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { startDrover, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest } from '../../support/stack/jobs';
import { runProgram } from '../../support/stack/run-command';
import { startVaultServer, type VaultServer } from '../../support/vault-server/server';

const SEED = '20261130';
/** Examples of each call, beside what its schemas give by themselves: less than half a minute of one core. */
const EXAMPLES_MAX = '20';
const TIMEOUT_MS = 600_000;

let vaults: VaultServer;
let drover: TestDrover;
let buckets: Buckets;

beforeAll(async () => {
  vaults = await startVaultServer();
  vaults.model.createVault('photos');
  drover = await startDrover({ DROVER_GLACIER_ENDPOINT: vaults.endpoint });
  buckets = new Buckets(testStack().s3Endpoint);
  const source = drover.config.workspace.bucket.replace('workspace-', 'fuzzed-');
  await buckets.create(drover.config.workspace.bucket, source);
  await buckets.put(source, 'manifest.csv', plainManifest(source, ['a']));
  // Something to list.
  await drover.api.createJob(
    jobRequest({ manifest: `${source}/manifest.csv`, operation: { S3DeleteObjectTagging: {} } }),
  );
});

afterAll(async () => {
  if (drover !== undefined) await deleteSchedules();
  await drover?.close();
  buckets?.close();
  await vaults?.close();
});

/** Temporal would go on to start their runs. */
async function deleteSchedules(): Promise<void> {
  for (let more = true; more;) {
    const { schedules, nextToken } = await drover.api.listSchedules(new URLSearchParams());
    for (const { scheduleId } of schedules) await drover.api.deleteSchedule(scheduleId);
    more = nextToken !== undefined;
  }
}

test(
  'schemathesis has nothing to say',
  async () => {
    const cwd = await mkdtemp(join(tmpdir(), 'drover-schemathesis-'));
    try {
      const { exitCode, stdout, stderr } = await runProgram(
        await schemathesis(),
        [
          ...['--no-color', '--config-file', join(__dirname, '..', '..', 'support', 'schemathesis.toml')],
          ...[
            'run',
            `${drover.apiUrl}/api/openapi.json`,
            '--checks',
            'all',
            '--auth',
            `${TEST_ACCESS_KEY}:${TEST_SECRET_KEY}`,
          ],
          ...['--seed', SEED, '--max-examples', EXAMPLES_MAX, '--generation-database', 'none', '--warnings', 'off'],
        ],
        awsClientEnvironment(),
        { cwd, timeoutMs: TIMEOUT_MS },
      );
      if (exitCode !== 0) throw new Error(stdout + stderr);
      expect(stdout).toContain('No issues found');
    } finally {
      await rm(cwd, { recursive: true, force: true });
    }
  },
  TIMEOUT_MS,
);
