// GlacierRetrieveInventory on the strict vault server and an in-memory bucket; what it leaves is read as the manifest of a job is.
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import { readInventoryFile, readInventoryManifest } from '../../../../manifests/inventory';
import type { SourceRow } from '../../../../manifests/sources/row';
import { parseOperation } from '../../../../operations';
import { NotYet } from '../../../../operations/operation';
import { archiveOf } from '../../../../operations/vaults/archive-row';
import { InventoryText } from '../../../../operations/vaults/inventory-text';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';
import { row } from '../../../support/operation-runner';
import { vaultsAt } from '../../../support/vault-server/client';
import { startVaultServer, type VaultServer } from '../../../support/vault-server/server';

const PLACE = { TargetResource: 'arn:aws:s3:::home', TargetKeyPrefix: 'inventories/photos' };
const MANIFEST = 'arn:aws:s3:::home/inventories/photos/manifest.json';

let server: VaultServer;
let store: MemoryStore;
let perform: () => Promise<TaskOutcome>;
let close: () => Promise<void>;

beforeEach(async () => {
  server = await startVaultServer({ tierMs: { Inventory: 0 } });
  server.model.createVault('photos');
  const client = vaultsAt(server.endpoint);
  close = async () => {
    await client.close();
    await server.close();
  };
  store = new MemoryStore({ buckets: ['home'] });
  const context = { jobId: 'job-1', ...memoryRoleStores(store, { vaults: client.vaults }) };
  perform = () =>
    parseOperation({ GlacierRetrieveInventory: PLACE }).bind(context)(
      row('inventory', undefined, 'photos'),
      new AbortController().signal,
    );
});

afterEach(() => close());

async function rowsRead(): Promise<SourceRow[]> {
  const ETag = store.peek('home', `${PLACE.TargetKeyPrefix}/manifest.json`)?.etag ?? '';
  const manifest = await readInventoryManifest(store, { ObjectArn: MANIFEST, ETag });
  const rows: SourceRow[] = [];
  for (const file of manifest.files) {
    for await (const page of readInventoryFile(store, manifest, file, { deleteMarkers: 'Skip' })) {
      rows.push(...page.rows);
    }
  }
  return rows;
}

test('the inventory becomes a manifest of archives, with sizes and dates for filters', async () => {
  const createdAt = new Date('2013-05-01T12:00:00Z');
  const descriptions = ['a/ö "quoted", b.jpg', 'same', 'same', '}]{[ "', ''];
  const archives = descriptions.map((description) => server.model.store('photos', 'abc', { description, createdAt }));
  server.model.takeInventory('photos');
  await expect(perform()).rejects.toBeInstanceOf(NotYet);
  expect(await perform()).toEqual({
    status: 'succeeded',
    httpStatus: 200,
    message: expect.stringMatching(/^5 archives of 20.*Z: s3:\/\/home\/inventories\/photos\/manifest\.json$/) as string,
  });
  const rows = await rowsRead();
  const [id2, id4] = [archives[2]!.id, archives[4]!.id];
  expect(rows.map(({ key }) => key)).toEqual([
    'a/ö "quoted", b.jpg',
    'same',
    `same~${id2}`,
    '}]{[ "',
    `_unnamed/${id4}`,
  ]);
  for (const [index, { bucket, key, versionId, size, lastModifiedMs }] of rows.entries()) {
    const { id, hashes } = archives[index]!;
    expect({ bucket, size, lastModifiedMs }).toEqual({
      bucket: 'photos',
      size: 3,
      lastModifiedMs: createdAt.getTime(),
    });
    expect(archiveOf(row(key, versionId, bucket))).toEqual({
      vault: 'photos',
      archiveId: id,
      bytes: 3,
      createdAt: '2013-05-01T12:00:00Z',
      treeHash: hashes.root,
    });
  }
  // Another run within the day starts no other inventory job.
  expect(await perform()).toMatchObject({ status: 'succeeded' });
  expect(server.requests.filter((line) => line.startsWith('POST'))).toHaveLength(1);
});

test('a vault without an inventory is a failed row in the words of the service, an empty one a manifest without rows', async () => {
  expect(await perform()).toMatchObject({ status: 'failed', httpStatus: 404, errorCode: 'ResourceNotFoundException' });
  server.model.takeInventory('photos');
  await expect(perform()).rejects.toBeInstanceOf(NotYet);
  expect(await perform()).toMatchObject({
    status: 'succeeded',
    message: expect.stringMatching(/^0 archives/) as string,
  });
  expect(await rowsRead()).toEqual([]);
});

describe('the text of an inventory', () => {
  const entries = [
    {
      ArchiveId: 'a',
      ArchiveDescription: '{"Path":"x]}[\\"{"}',
      CreationDate: '2013-05-01T12:00:00Z',
      Size: 1,
      SHA256TreeHash: 'AB'.repeat(32),
    },
    { ArchiveId: 'b', ArchiveDescription: '\\ö', Size: null },
    { ArchiveId: 'c' },
  ];
  const read = (json: string, pieceBytes: number): unknown[] => {
    const text = new InventoryText();
    const bytes = Buffer.from(json);
    const found: unknown[] = [];
    for (let at = 0; at < bytes.length; at += pieceBytes) found.push(...text.push(bytes.subarray(at, at + pieceBytes)));
    return [...found, text.end()];
  };

  test.each([1, 2, 3, 7, 64, 10_000])('is read in pieces of %i bytes', (pieceBytes) => {
    const json = JSON.stringify(
      { VaultARN: 'arn', InventoryDate: '2013-06-01T00:00:00Z', ArchiveList: entries },
      null,
      1,
    );
    expect(read(json, pieceBytes)).toEqual([
      {
        archiveId: 'a',
        description: entries[0]!.ArchiveDescription,
        createdAt: '2013-05-01T12:00:00.000Z',
        bytes: 1,
        treeHash: 'ab'.repeat(32),
      },
      { archiveId: 'b', description: '\\ö' },
      { archiveId: 'c', description: '' },
      '2013-06-01T00:00:00.000Z',
    ]);
    expect(read('{"ArchiveList":[]}', pieceBytes)).toEqual([undefined]);
  });

  test.each([
    '',
    'no',
    '{"ArchiveList":[{"ArchiveId":"a"}',
    '{"ArchiveList":[{"ArchiveId":1}]}',
    '{"ArchiveList":[{bad}]}',
  ])('refused: %j', (json) => {
    expect(() => read(json, 5)).toThrow("The vault's inventory can't be read");
  });
});
