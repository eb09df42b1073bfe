// GlacierDeleteArchive deletes what is at home, byte for byte, and nothing else; and jobs of it are taken only with a confirmation, for the rows of
// a retrieval.
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import { parseOperation } from '../../../../operations';
import { versionIdOf } from '../../../../operations/vaults/archive-row';
import { METADATA } from '../../../../operations/vaults/home';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';
import { row } from '../../../support/operation-runner';
import { vaultsAt } from '../../../support/vault-server/client';
import { madeContent } from '../../../support/vault-server/content';
import type { Archive } from '../../../support/vault-server/model';
import { startVaultServer, type VaultServer } from '../../../support/vault-server/server';

const BYTES = 2 * 1024 * 1024 + 1;

let server: VaultServer;
let store: MemoryStore;
let archive: Archive;
let perform: (versionId?: string) => Promise<TaskOutcome>;
let close: () => Promise<void>;

beforeEach(async () => {
  server = await startVaultServer();
  server.model.createVault('photos');
  archive = server.model.store('photos', madeContent(BYTES, 1));
  const client = vaultsAt(server.endpoint);
  close = async () => {
    await client.close();
    await server.close();
  };
  store = new MemoryStore({ buckets: ['home'] });
  const context = { jobId: 'job-1', ...memoryRoleStores(store, { vaults: client.vaults }) };
  const operation = parseOperation({ GlacierDeleteArchive: { TargetResource: 'arn:aws:s3:::home' } });
  const whole = versionIdOf({ archiveId: archive.id, bytes: BYTES, treeHash: archive.hashes.root });
  perform = (versionId = whole) =>
    operation.bind(context)(row('a.jpg', versionId, 'photos'), new AbortController().signal);
});

afterEach(() => close());

function home(body: Uint8Array, metadata: Record<string, string> = {}): void {
  const told = { [METADATA.archiveId]: archive.id, [METADATA.treeHash]: archive.hashes.root, ...metadata };
  store.seed('home', 'a.jpg', body, { metadata: told });
}

function isInVault(): boolean {
  return server.model.vault('photos').archives.has(archive.id);
}

test.each([undefined, 'the id alone'])('an archive whose object has its bytes is deleted (%s)', async (which) => {
  home(archive.content.slice(0, BYTES));
  const versionId = which === undefined ? undefined : archive.id;
  expect(await perform(versionId)).toMatchObject({ status: 'succeeded' });
  expect(isInVault()).toBe(false);
  expect(await perform(versionId)).toMatchObject({ status: 'succeeded' });
});

test.each<[string, () => void, string]>([
  ['nothing is there', () => undefined, 'NotHome'],
  ['another archive is there', () => home(archive.content.slice(0, BYTES), { [METADATA.archiveId]: 'k' }), 'NotHome'],
  ['its hash was never right', () => home(archive.content.slice(0, BYTES), { [METADATA.treeHash]: '00' }), 'NotHome'],
  ['it is cut off', () => home(archive.content.slice(0, 5)), 'NotHome'],
  [
    'a byte is another one, whatever its metadata say',
    () => home(Buffer.concat([archive.content.slice(0, BYTES - 1), Buffer.from('x')])),
    'TreeHashMismatch',
  ],
])('the archive stays where %s', async (_what, arrange, errorCode) => {
  arrange();
  expect(await perform()).toMatchObject({ status: 'failed', httpStatus: 412, errorCode });
  expect(isInVault()).toBe(true);
  expect(server.requests).toEqual([]);
});

const DELETE = { GlacierDeleteArchive: { TargetResource: 'arn:aws:s3:::home' } };

test.each([
  [DELETE],
  [{ ...DELETE, When: { KeyNameConstraint: { MatchAnyPrefix: ['a/'] } } }],
  [{ Pipeline: { Steps: [DELETE] } }],
])('wants a confirmation and a former job, however it is composed: %j', (element) => {
  expect(parseOperation(element)).toMatchObject({
    isOfArchives: true,
    mustBeConfirmed: true,
    takesSuccessesOf: 'GlacierRetrieveArchive',
  });
});
