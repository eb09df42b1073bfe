/**
 * Goal: an inventory's manifest.json is taken at its word only where it is whole, and refused with what a person can do.
 * Method: examples in the form that AWS writes, in the in-memory store.
 */
import { createHash } from 'node:crypto';
import { LIMITS } from '../../../../contracts/limits';
import { readInventoryManifest } from '../../../../manifests/inventory';
import { StoreError } from '../../../../storage/store-error';
import { MemoryStore } from '../../../support/memory-store/store';

const PREFIX = 'herd/daily/2026-11-30T01-00Z';
const ARN = `arn:aws:s3:::lists/${PREFIX}/manifest.json`;
const MD5 = 'f11166069f1990abeb9c97ace9cdfabc';
const MANIFEST = {
  sourceBucket: 'herd',
  destinationBucket: 'arn:aws:s3:::lists',
  version: '2016-11-30',
  creationTimestamp: '1514944800000',
  fileFormat: 'CSV',
  fileSchema: 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size',
  files: [
    { key: 'herd/daily/data/1.csv.gz', size: 2_147_483_727, MD5checksum: MD5.toUpperCase() },
    { key: 'herd/daily/data/2.csv.gz', size: 0 },
  ],
};

async function readManifest(
  content: object | string,
  checksum?: string,
  prepare: (store: MemoryStore) => void = () => undefined,
) {
  const store = new MemoryStore();
  store.createBucket('lists');
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const { etag } = await store.put({ bucket: 'lists', key: `${PREFIX}/manifest.json` }, text);
  if (checksum !== undefined) await store.put({ bucket: 'lists', key: `${PREFIX}/manifest.checksum` }, checksum);
  prepare(store);
  return readInventoryManifest(store, { ObjectArn: ARN, ETag: etag });
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

test('bucket, columns and files, of CSV', async () => {
  const expected = {
    bucket: 'lists',
    format: 'CSV',
    columns: ['Bucket', 'Key', 'VersionId', 'IsLatest', 'IsDeleteMarker', 'Size'],
    files: [
      { key: 'herd/daily/data/1.csv.gz', size: 2_147_483_727, md5: MD5 },
      { key: 'herd/daily/data/2.csv.gz', size: 0 },
    ],
  };
  expect(await readManifest(MANIFEST)).toEqual(expected);
  expect(await readManifest(MANIFEST, `${md5(JSON.stringify(MANIFEST))}\n`)).toEqual(expected);
  expect(await readManifest({ ...MANIFEST, destinationBucket: 'lists', addedLater: { by: 'AWS' } })).toEqual(expected);
});

test('of Parquet, the columns are left to the files', async () => {
  const fileSchema = 'message s3.inventory {  required binary bucket (STRING);  required binary key (STRING);}';
  const manifest = { ...MANIFEST, fileFormat: 'Parquet', fileSchema };
  expect(await readManifest(manifest)).toMatchObject({ format: 'Parquet', columns: [], files: { length: 2 } });
});

test('a checksum that the role may not see is as good as none; any other trouble with it is not', async () => {
  const fail = (httpStatus: number) => (store: MemoryStore) => {
    const readStream = store.readStream.bind(store);
    store.readStream = (ref, options) =>
      ref.key.endsWith('.checksum')
        ? Promise.reject(new StoreError('Refused', httpStatus, 'refused'))
        : readStream(ref, options);
  };
  expect(await readManifest(MANIFEST, undefined, fail(403))).toMatchObject({ bucket: 'lists' });
  await expect(readManifest(MANIFEST, undefined, fail(409))).rejects.toMatchObject({ code: 'ManifestNotReadable' });
});

test.each<[string, object | string, string | undefined, string]>([
  ['another checksum', MANIFEST, `${MD5}\n`, `and manifest.checksum beside it says ${MD5}`],
  ['a checksum that is none', MANIFEST, 'soon', 'manifest.checksum beside it is no MD5'],
  [
    'ORC',
    { ...MANIFEST, fileFormat: 'ORC' },
    undefined,
    'its files are in ORC, which Drover does not read. Set the inventory',
  ],
  ['another format', { ...MANIFEST, fileFormat: 'XML' }, undefined, 'in the format XML: CSV and Parquet can be read'],
  ['no JSON', 'herd,key\n', undefined, "it is no JSON. Name the inventory's manifest.json"],
  ['a list', '[]', undefined, 'it: Invalid input: expected object'],
  ['no files', { ...MANIFEST, files: [] }, undefined, 'it lists no files'],
  ['a file without a key', { ...MANIFEST, files: [{ size: 1 }] }, undefined, 'files.0.key: '],
  ['a size below zero', { ...MANIFEST, files: [{ key: 'k', size: -1 }] }, undefined, 'files.0.size: '],
  ['a wrong MD5', { ...MANIFEST, files: [{ key: 'k', size: 1, MD5checksum: 'x' }] }, undefined, 'must be an MD5'],
  ['no key column', { ...MANIFEST, fileSchema: 'Bucket, Size' }, undefined, 'fileSchema: there is no column Key'],
  ['a column twice', { ...MANIFEST, fileSchema: 'Bucket, Key, key' }, undefined, 'the column key is there twice'],
  ['no bucket', { ...MANIFEST, destinationBucket: 's3://lists/x' }, undefined, 'destinationBucket names no bucket'],
])('%s is refused', async (_name, content, checksum, message) => {
  await expect(readManifest(content, checksum)).rejects.toMatchObject({
    code: 'InvalidManifestContent',
    message: expect.stringMatching(new RegExp(`^The inventory ${ARN} can't be read: `)),
  });
  await expect(readManifest(content, checksum)).rejects.toThrow(message);
});

test('one that is larger than a manifest.json can be is not read to its end', async () => {
  const huge = ' '.repeat(LIMITS.inventory.manifestBytesMax + 1);
  await expect(readManifest(huge)).rejects.toThrow(`it has more than ${LIMITS.inventory.manifestBytesMax} bytes`);
});

test('another ETag than the request names', async () => {
  const store = new MemoryStore();
  store.createBucket('lists');
  await store.put({ bucket: 'lists', key: `${PREFIX}/manifest.json` }, JSON.stringify(MANIFEST));
  const read = readInventoryManifest(store, { ObjectArn: ARN, ETag: 'other' });
  await expect(read).rejects.toMatchObject({ code: 'ManifestETagMismatch' });
});
