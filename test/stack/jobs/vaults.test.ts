/**
 * Goal: a vault comes home, whatever dies meanwhile: every archive with its bytes, none paid for or read twice but for the range that was under
 * way; then it is emptied. Method: the strict vault server, a real stack whose worker is killed; the client's calls also before moto.
 */
import { createHash } from 'node:crypto';
import { CreateVaultCommand, GlacierClient, UploadArchiveCommand } from '@aws-sdk/client-glacier';
import { ApiClient, type Job } from '../../../cli/api-client';
import { treeHash } from '../../../storage/glacier/tree-hash';
import { eventually } from '../../support/eventually';
import { type DroverStack, startDroverStack, startMoto } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { reaches } from '../../support/stack/jobs';
import { IDENTITY, vaultsAt } from '../../support/vault-server/client';
import { madeContent } from '../../support/vault-server/content';
import type { Archive } from '../../support/vault-server/model';
import { startVaultServer, type VaultServer } from '../../support/vault-server/server';

const MIB = 1024 * 1024;
const SMALL_ARCHIVES = 40;
const LARGE_BYTES = 64 * MIB + 1;
const RANGE_BYTES = 16 * MIB;
const KILLS = 2;

let vaults: VaultServer;
let stack: DroverStack;
let buckets: Buckets;
let api: ApiClient;
let archives: Archive[];

beforeAll(async () => {
  vaults = await startVaultServer({ tierMs: { Standard: 2_000, Inventory: 1_000 } });
  vaults.model.createVault('photos');
  archives = [LARGE_BYTES, ...Array.from({ length: SMALL_ARCHIVES }, (_, i) => sizeOf(i))].map((bytes, i) =>
    vaults.model.store('photos', madeContent(bytes, i), { description: `album/${i}.jpg` }),
  );
  vaults.model.takeInventory('photos');
  stack = await startDroverStack({
    workers: 1,
    env: { DROVER_GLACIER_ENDPOINT: vaults.endpoint, DROVER_HEARTBEAT_TIMEOUT_SECONDS: '5' },
  });
  api = new ApiClient({ apiUrl: stack.apiUrl });
  buckets = new Buckets(stack.s3Endpoint);
  await buckets.create('home', 'reports');
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  buckets?.close();
  await vaults?.close();
});

/** From one byte to a few mebibytes. */
function sizeOf(i: number): number {
  return Math.ceil((3 * MIB * (i + 1) ** 3) / SMALL_ARCHIVES ** 3);
}

async function create(request: object): Promise<string> {
  return (await api.createJob(request)).jobId;
}

const REPORT = {
  Enabled: true,
  Bucket: 'arn:aws:s3:::reports',
  Prefix: 'r',
  Format: 'Report_CSV_20180820',
  ReportScope: 'AllTasks',
};
const TARGET = { TargetResource: 'arn:aws:s3:::home', TargetKeyPrefix: 'photos' };

test('inventory, retrieval with two killed workers, deletion', async () => {
  const inventory = await create({
    Operation: {
      GlacierRetrieveInventory: { TargetResource: 'arn:aws:s3:::home', TargetKeyPrefix: 'inv', LookSeconds: 1 },
    },
    Source: { Keys: [{ Bucket: 'photos', Key: 'inventory' }] },
  });
  await reaches(api, inventory, 'Complete', 60_000);

  const retrieval = await create({
    Operation: { GlacierRetrieveArchive: { ...TARGET, LookSeconds: 1, MaxRetrievalsInFlight: 20 } },
    Manifest: {
      Spec: { Format: 'S3InventoryReport_CSV_20161130' },
      Location: { ObjectArn: 'arn:aws:s3:::home/inv/manifest.json' },
    },
    Report: REPORT,
  });
  let told = '';
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const bytesBefore = served();
    await eventually(
      () => api.describeJob(retrieval),
      (job: Job) => {
        told ||= job.waitingFor?.includes('wait for') ? job.waitingFor : '';
        return served() > bytesBefore || job.status === 'Complete';
      },
      60_000,
    );
    const pid = stack.pidOf('worker-1');
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  }
  const done = await reaches(api, retrieval, 'Complete', 240_000);
  expect(done.progress).toMatchObject({ totalTasks: archives.length, succeeded: archives.length, failed: 0 });
  expect(told).toMatch(/wait for their (?:retrieval|turn).*Next look/);

  const wrong: string[] = [];
  for (const [i, { id, content }] of archives.entries()) {
    const body = await buckets.get('home', `photos/album/${i}.jpg`);
    if (hashOf(body) !== hashOf(content.slice(0, content.bytes))) wrong.push(`${i}: other bytes`);
    const read = vaults.served
      .filter(({ archiveId }) => archiveId === id)
      .reduce((sum, { start, end }) => sum + end - start, 0);
    if (read > content.bytes + KILLS * Math.min(RANGE_BYTES, content.bytes)) wrong.push(`${i}: ${read} bytes read`);
  }
  expect(wrong).toEqual([]);
  expect(vaults.model.retrievals).toHaveLength(archives.length);

  const deleting = await create({
    Operation: { GlacierDeleteArchive: TARGET },
    Source: { FromJob: { JobId: retrieval, Rows: 'succeeded' } },
    ConfirmationRequired: true,
  });
  await reaches(api, deleting, 'Suspended', 60_000);
  await api.change(deleting, 'confirm');
  await reaches(api, deleting, 'Complete', 60_000);
  expect(vaults.model.vault('photos').archives.size).toBe(0);
}, 480_000);

function served(): number {
  return vaults.served.reduce((sum, { start, end }) => sum + end - start, 0);
}

function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

test('before moto the same calls list, start and read', async () => {
  const moto = await startMoto();
  const sdk = new GlacierClient({ region: 'us-east-1', endpoint: moto.url, credentials: IDENTITY });
  const { vaults: client, close } = vaultsAt(moto.url);
  try {
    const vault = { accountId: '-', vaultName: 'photos' };
    await sdk.send(new CreateVaultCommand(vault));
    const body = Buffer.from('the body of an archive');
    const { archiveId = '' } = await sdk.send(new UploadArchiveCommand({ ...vault, archiveDescription: 'a/b', body }));
    expect((await client.listVaults()).map(({ name }) => name)).toEqual(['photos']);
    const { jobId } = await client.startArchiveRetrieval('photos', {
      archiveId,
      tier: 'Expedited',
      description: 'drover',
    });
    await eventually(
      () => client.listJobs('photos'),
      (jobs) => jobs.some((job) => job.jobId === jobId && job.status === 'Succeeded'),
      30_000,
    );
    const output = await client.jobOutput('photos', jobId);
    expect(treeHash(output.body)).toBe(treeHash(body));
    await client.startInventory('photos', 'drover');
    expect((await client.listJobs('photos')).map(({ action }) => action)).toContain('InventoryRetrieval');
    await client.deleteArchive('photos', archiveId);
  } finally {
    sdk.destroy();
    await close();
    await moto.stop();
  }
}, 120_000);
