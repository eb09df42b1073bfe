// GlacierVaults before the strict vault server: lists, jobs, ranges of outputs, refusals, lost answers. Its requests against those
// of the AWS SDK's own client, which also fills the vaults here, so that the server is one that AWS's client gets on with.
import {
  DeleteArchiveCommand,
  DeleteVaultCommand,
  GetJobOutputCommand,
  GlacierClient,
  InitiateJobCommand,
  ListJobsCommand,
  ListVaultsCommand,
  UploadArchiveCommand,
} from '@aws-sdk/client-glacier';
import { MIB, treeHash } from '../../../../storage/glacier/tree-hash';
import type { GlacierVaults } from '../../../../storage/glacier/vaults';
import { type SeenRequest, startHttpStoreStub } from '../../../support/servers/http-store-stub';
import { IDENTITY, vaultsAt } from '../../../support/vault-server/client';
import { madeContent } from '../../../support/vault-server/content';
import { startVaultServer, type VaultServer } from '../../../support/vault-server/server';

const HOUR_MS = 60 * 60 * 1_000;
const cleanups: (() => Promise<void> | void)[] = [];
let server: VaultServer;
let vaults: GlacierVaults;
let sdk: GlacierClient;

beforeEach(async () => {
  server = await startVaultServer();
  server.model.createVault('photos');
  const client = vaultsAt(server.endpoint);
  ({ vaults } = client);
  sdk = sdkAt(server.endpoint);
  cleanups.push(
    () => sdk.destroy(),
    () => client.close(),
    () => server.close(),
  );
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function sdkAt(endpoint: string): GlacierClient {
  return new GlacierClient({ region: 'us-east-1', endpoint, credentials: IDENTITY, maxAttempts: 1 });
}

const RETRIEVAL = { tier: 'Standard', description: 'drover' } as const;

test('vaults are listed over all pages, with counts only of those that were counted', async () => {
  for (let i = 0; i < 23; i += 1) server.model.createVault(`v${i}`);
  server.model.store('photos', 'abc');
  server.model.takeInventory('photos');
  const listed = await vaults.listVaults();
  expect(listed).toHaveLength(24);
  expect(listed[0]).toMatchObject({ name: 'photos', archives: 1, bytes: 3, inventoryAt: expect.any(Date) as Date });
  expect(listed[1]).toEqual({
    name: 'v0',
    arn: expect.stringMatching(/:vaults\/v0$/),
    createdAt: expect.any(Date) as Date,
  });
});

test('an archive that the SDK has stored is asked for, listed as such, and read in ranges with their tree hashes', async () => {
  const body = madeContent(5 * MIB + 7, 1).slice(0, 5 * MIB + 7);
  const upload = { accountId: '-', vaultName: 'photos', archiveDescription: 'a/b.jpg', body };
  const { archiveId = '' } = await sdk.send(new UploadArchiveCommand(upload));
  const { jobId } = await vaults.startArchiveRetrieval('photos', { archiveId, ...RETRIEVAL });
  expect(await vaults.listJobs('photos')).toEqual([
    expect.objectContaining({
      jobId,
      action: 'ArchiveRetrieval',
      status: 'InProgress',
      description: 'drover',
      archiveId,
    }),
  ]);
  await expect(vaults.jobOutput('photos', jobId)).rejects.toMatchObject({ code: 'InvalidParameterValueException' });
  server.model.advance(5 * HOUR_MS);
  expect((await vaults.listJobs('photos'))[0]).toMatchObject({
    status: 'Succeeded',
    archiveBytes: body.byteLength,
    archiveTreeHash: treeHash(body),
    completedAt: expect.any(Date) as Date,
  });
  const whole = await vaults.jobOutput('photos', jobId);
  expect(whole).toMatchObject({ httpStatus: 200, archiveDescription: 'a/b.jpg', treeHash: treeHash(body) });
  const end = await vaults.jobOutput('photos', jobId, { start: 4 * MIB, end: body.byteLength });
  expect(end).toMatchObject({ httpStatus: 206, treeHash: treeHash(body.subarray(4 * MIB)) });
  expect(end.body.equals(body.subarray(4 * MIB))).toBe(true);
  const crooked = await vaults.jobOutput('photos', jobId, { start: MIB, end: 3 * MIB });
  expect(crooked).not.toHaveProperty('treeHash');
  await expect(vaults.jobOutput('photos', jobId, { start: 1, end: MIB })).rejects.toMatchObject({ httpStatus: 400 });
});

test('an output is gone a day after its job has ended', async () => {
  const { id } = server.model.store('photos', 'abc');
  const { jobId } = await vaults.startArchiveRetrieval('photos', { archiveId: id, ...RETRIEVAL });
  server.model.advance(28 * HOUR_MS);
  await vaults.jobOutput('photos', jobId);
  server.model.advance(2 * HOUR_MS);
  await expect(vaults.jobOutput('photos', jobId)).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
    httpStatus: 404,
  });
  expect(await vaults.listJobs('photos')).toEqual([]);
});

test('jobs are listed over all pages', async () => {
  const { id } = server.model.store('photos', 'abc');
  for (let i = 0; i < 120; i += 1) server.model.start('photos', { Type: 'archive-retrieval', ArchiveId: id });
  expect(await vaults.listJobs('photos')).toHaveLength(120);
});

test('what can not be had now is asked for once, throttling is waited out, and a broken answer is read again', async () => {
  const { id: archiveId } = server.model.store('photos', madeContent(MIB, 1));
  server.model.policyBytesPerHour = 10;
  const start = (tier: 'Standard' | 'Expedited') =>
    vaults.startArchiveRetrieval('photos', { archiveId, tier, description: '' });
  await expect(start('Standard')).rejects.toMatchObject({ code: 'PolicyEnforcedException', httpStatus: 400 });
  server.model.policyBytesPerHour = undefined;
  server.model.hasExpeditedCapacity = false;
  await expect(start('Expedited')).rejects.toMatchObject({ code: 'InsufficientCapacityException', httpStatus: 503 });
  expect(server.requests).toHaveLength(2);
  server.faults.throttled = 3;
  const { jobId } = await start('Standard');
  server.model.advance(5 * HOUR_MS);
  server.faults.cut = 1;
  expect((await vaults.jobOutput('photos', jobId, { start: 0, end: MIB })).body).toHaveLength(MIB);
});

test('a job whose answer was lost is not started again', async () => {
  const { id: archiveId } = server.model.store('photos', 'abc');
  server.faults.lostStarts = 1;
  const start = vaults.startArchiveRetrieval('photos', { archiveId, ...RETRIEVAL });
  await expect(start).rejects.toMatchObject({ storeDown: true, answerLost: true });
  expect(server.model.retrievals).toEqual([archiveId]);
});

test('ids that begin with a minus are ids; a vault is empty only after the inventory that finds it so', async () => {
  const { id } = server.model.store('photos', 'abc');
  expect(id).toMatch(/^-/);
  server.model.takeInventory('photos');
  const remove = () => sdk.send(new DeleteVaultCommand({ accountId: '-', vaultName: 'photos' }));
  await expect(remove()).rejects.toThrow('Vault not empty or recently written to');
  expect(await vaults.deleteArchive('photos', id)).toEqual({ httpStatus: 204 });
  expect(await vaults.deleteArchive('photos', id)).toEqual({ httpStatus: 204 });
  await expect(remove()).rejects.toThrow('Vault not empty or recently written to');
  server.model.advance(24 * HOUR_MS);
  server.model.takeInventory('photos');
  await remove();
  await expect(vaults.listJobs('photos')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test('each request is the one that the SDK sends', async () => {
  const stub = await startHttpStoreStub((response) =>
    response.writeHead(200, { 'x-amz-job-id': 'j' }).end('{"VaultList":[],"JobList":[]}'),
  );
  const client = vaultsAt(stub.endpoint);
  const theirs = sdkAt(stub.endpoint);
  cleanups.unshift(
    () => theirs.destroy(),
    () => client.close(),
    () => stub.close(),
  );
  const vault = { accountId: '-', vaultName: 'my photos.2019' };
  const archiveId = `-${'aZ0_-'.repeat(27)}`;
  const jobParameters = { Type: 'archive-retrieval', ArchiveId: archiveId, Tier: 'Bulk', Description: 'd "ü"' };
  const inventory = { Type: 'inventory-retrieval', Format: 'JSON', Description: 'd' };
  const pairs: [() => Promise<unknown>, () => Promise<unknown>][] = [
    [() => client.vaults.listVaults(), () => theirs.send(new ListVaultsCommand({ accountId: '-' }))],
    [() => client.vaults.listJobs(vault.vaultName), () => theirs.send(new ListJobsCommand(vault))],
    [
      () => client.vaults.startArchiveRetrieval(vault.vaultName, { archiveId, tier: 'Bulk', description: 'd "ü"' }),
      () => theirs.send(new InitiateJobCommand({ ...vault, jobParameters })),
    ],
    [
      () => client.vaults.startInventory(vault.vaultName, 'd'),
      () => theirs.send(new InitiateJobCommand({ ...vault, jobParameters: inventory })),
    ],
    [
      () => client.vaults.jobOutput(vault.vaultName, 'j').catch(() => undefined),
      () => theirs.send(new GetJobOutputCommand({ ...vault, jobId: 'j' })),
    ],
    [
      () => client.vaults.jobOutput(vault.vaultName, 'j', { start: MIB, end: 2 * MIB }).catch(() => undefined),
      () => theirs.send(new GetJobOutputCommand({ ...vault, jobId: 'j', range: 'bytes=1048576-2097151' })),
    ],
    [
      () => client.vaults.deleteArchive(vault.vaultName, archiveId),
      () => theirs.send(new DeleteArchiveCommand({ ...vault, archiveId })),
    ],
  ];
  for (const [ours, other] of pairs) {
    await ours();
    await other();
    const [mine, sdks] = stub.requests.slice(-2);
    expect(comparable(mine!)).toEqual(comparable(sdks!));
  }
  expect.assertions(pairs.length);
});

function comparable({ method, url, headers, body }: SeenRequest): object {
  // What the SDK tells of itself, and what belongs to the moment and the connection; a tree hash is asked of uploads alone (API_InitiateJob).
  const incidental =
    /^(?:amz-sdk-.*|user-agent|x-amz-user-agent|authorization|x-amz-date|connection|x-amz-sha256-tree-hash)$/;
  const kept = Object.entries(headers).filter(([name]) => !incidental.test(name));
  return { method, url, headers: Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1))), body: String(body) };
}
