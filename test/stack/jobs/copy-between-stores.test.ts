// Goal: S3PutObjectCopy from one real store to another, both ways: SeaweedFS and moto. Method: the operation on configured
// stores; what arrived is read with AWS's own client.
import { createHash, randomBytes } from 'node:crypto';
import { GetObjectTaggingCommand, HeadObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3';
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import { LIMITS } from '../../../contracts/limits';
import { parseOperation } from '../../../operations';
import type { Stores } from '../../../storage/object-store';
import { createStores } from '../../../storage/stores';
import { eventually } from '../../support/eventually';
import { MemoryTaskNotes } from '../../support/memory-store/task-notes';
import { MemoryUploadNotes } from '../../support/memory-store/upload-notes';
import { type StartedServer, startMoto, testStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { roleConfig, TEST_CREDENTIALS } from '../../support/stack/stores-config';

const MIB = 1024 * 1024;
const ACCOUNT = '123456789012';
const ROLE = 'arn:aws:iam::123456789012:role/drover';
const SUCCESS = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
/** Keys that both stores take when they are put directly. */
const KEYS = [
  'plain.txt',
  'a b+c%20d',
  'ünïcödé/日本語/😀',
  'question?versionId=v1',
  'hash#fragment&a=b;c',
  '"quotes"\'<xml>&amp;',
  'deep/er/and/deeper',
];

let moto: StartedServer;
let stores: Stores;
const sides: Record<'weed' | 'moto', { buckets: Buckets; bucket: string }> = {} as never;
const DIRECTIONS = [
  ['weed', 'moto'],
  ['moto', 'weed'],
] as const;

beforeAll(async () => {
  moto = await startMoto();
  const { s3Endpoint } = testStack();
  const id = randomBytes(4).toString('hex');
  sides.weed = { buckets: new Buckets(s3Endpoint), bucket: `between-weed-${id}` };
  sides.moto = { buckets: new Buckets(moto.url), bucket: `between-moto-${id}` };
  for (const { buckets, bucket } of Object.values(sides)) await buckets.create(bucket);
  const common = { region: 'us-east-1', pathStyle: true, credentials: TEST_CREDENTIALS };
  stores = createStores({
    stores: [
      { ...common, name: 'weed', endpoint: s3Endpoint, buckets: [] },
      { ...common, name: 'moto', endpoint: moto.url, buckets: [sides.moto.bucket] },
    ],
    functions: { region: 'us-east-1' },
    vaults: { region: 'us-east-1' },
    roles: [roleConfig({ arn: ROLE })],
    workspace: { store: 'weed', bucket: 'drover', prefix: '' },
    limits: {
      bucketRequestsInFlightMax: 64,
      multipartAboveBytes: LIMITS.multipart.aboveBytes,
      multipartPartBytes: LIMITS.multipart.partBytes,
    },
  });
});

afterAll(async () => {
  await stores?.close();
  for (const { buckets } of Object.values(sides)) buckets.close();
  await moto?.stop();
});

function copy(
  from: 'weed' | 'moto',
  to: 'weed' | 'moto',
  key: string,
  given: JsonObject = {},
  signal = new AbortController().signal,
): Promise<TaskOutcome> {
  const TargetResource = `arn:aws:s3:::${sides[to].bucket}`;
  const operation = parseOperation({
    S3PutObjectCopy: { TargetResource, TargetKeyPrefix: 'copy', ...given },
  });
  const role = stores.forRole(ROLE, ACCOUNT);
  const context = {
    jobId: 'job',
    createdAt: new Date(),
    storeFor: role.storeFor.bind(role),
    functions: role.functions,
    webhooks: role.webhooks,
    vaults: role.vaults,
    transfer: role.transfer,
    uploads: new MemoryUploadNotes(),
    notes: new MemoryTaskNotes(),
  };
  return operation.bind(context)({ bucket: sides[from].bucket, key, manifestKey: key, row: 0 }, signal);
}

async function unfinished(side: 'weed' | 'moto'): Promise<string[]> {
  const { buckets, bucket } = sides[side];
  const { Uploads = [] } = await buckets.client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads.map(({ Key = '' }) => Key);
}

describe.each(DIRECTIONS)('from %s to %s', (from, to) => {
  test('any key, with its headers, metadata and tags', async () => {
    const source = sides[from];
    const target = sides[to];
    for (const [index, key] of KEYS.entries()) {
      await source.buckets.put(source.bucket, key, `body of ${key}`, {
        ContentType: 'text/plain; charset=utf-8',
        CacheControl: 'max-age=60',
        ContentDisposition: 'inline',
        ContentLanguage: 'de',
        Expires: new Date('2030-01-01T00:00:00Z'),
        Metadata: { number: `${index}`, spaces: 'a  b' },
        ...(index % 2 === 0 ? { Tagging: `a%20b=${index}&empty=` } : {}),
      });
    }
    const outcomes = await Promise.all(KEYS.map((key) => copy(from, to, key)));
    expect(outcomes).toEqual(KEYS.map(() => SUCCESS));
    for (const [index, key] of KEYS.entries()) {
      const at = { Bucket: target.bucket, Key: `copy/${key}` };
      expect((await target.buckets.get(at.Bucket, at.Key)).toString()).toBe(`body of ${key}`);
      const head = await target.buckets.client.send(new HeadObjectCommand(at));
      expect(head).toMatchObject({
        ContentType: 'text/plain; charset=utf-8',
        CacheControl: 'max-age=60',
        ContentDisposition: 'inline',
        ContentLanguage: 'de',
        ExpiresString: 'Tue, 01 Jan 2030 00:00:00 GMT',
        Metadata: { number: `${index}`, spaces: 'a  b' },
      });
      const { TagSet = [] } = await target.buckets.client.send(new GetObjectTaggingCommand(at));
      const tags = Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
      expect(tags).toEqual(index % 2 === 0 ? { 'a b': `${index}`, empty: '' } : {});
    }
  });

  test('an empty object, and one that is not there', async () => {
    await sides[from].buckets.put(sides[from].bucket, 'empty', '');
    expect(await copy(from, to, 'empty')).toEqual(SUCCESS);
    expect(await sides[to].buckets.get(sides[to].bucket, 'copy/empty')).toHaveLength(0);
    expect(await copy(from, to, 'nowhere')).toMatchObject({
      status: 'failed',
      httpStatus: 404,
      errorCode: 'NoSuchKey',
    });
  });

  test('constraints that do not hold', async () => {
    await sides[from].buckets.put(sides[from].bucket, 'dated', 'x');
    const failed = { status: 'failed', httpStatus: 412, errorCode: 'PreconditionFailed' };
    const soon = new Date(Date.now() + 60_000).toISOString();
    expect(await copy(from, to, 'dated', { UnModifiedSinceConstraint: '2020-01-01T00:00:00Z' })).toMatchObject(failed);
    expect(await copy(from, to, 'dated', { ModifiedSinceConstraint: '2020-01-01T00:00:00Z' })).toEqual(SUCCESS);
    expect(await copy(from, to, 'dated', { UnModifiedSinceConstraint: soon })).toEqual(SUCCESS);
  });

  test('100 MB in parts, twice', async () => {
    const body = randomBytes(100 * MIB);
    await sides[from].buckets.put(sides[from].bucket, 'large', body, { Metadata: { a: 'b' }, Tagging: 'c=d' });
    expect(await copy(from, to, 'large')).toEqual(SUCCESS);
    const { buckets, bucket } = sides[to];
    const head = await buckets.head(bucket, 'copy/large');
    expect(head).toMatchObject({ ContentLength: body.length, Metadata: { a: 'b' } });
    expect(head.ETag).toMatch(/^"[0-9a-f]{32}-7"$/);
    expect(await buckets.tags(bucket, 'copy/large')).toEqual({ c: 'd' });
    expect(sha256(await buckets.get(bucket, 'copy/large'))).toBe(sha256(body));
    expect(await copy(from, to, 'large', { ChecksumAlgorithm: 'SHA256' })).toEqual(SUCCESS);
    expect(await unfinished(to)).toEqual([]);
  }, 240_000);

  test('a copy in parts that is stopped leaves nothing behind', async () => {
    await sides[from].buckets.put(sides[from].bucket, 'stopped', randomBytes(100 * MIB));
    const controller = new AbortController();
    const outcome = copy(from, to, 'stopped', {}, controller.signal).catch((error: unknown) => error);
    await eventually(
      () => unfinished(to),
      (keys) => keys.includes('copy/stopped'),
      30_000,
    );
    const reason = new Error('the batch is cancelled');
    const stoppedAt = performance.now();
    controller.abort(reason);
    expect(await outcome).toBe(reason);
    expect(performance.now() - stoppedAt).toBeLessThan(4_000);
    expect(await unfinished(to)).toEqual([]);
    await expect(sides[to].buckets.head(sides[to].bucket, 'copy/stopped')).rejects.toThrow();
  }, 240_000);
});

test('the target keeps the checksum that was asked for', async () => {
  const { buckets, bucket } = sides.weed;
  await sides.moto.buckets.put(sides.moto.bucket, 'checked', 'some bytes');
  for (const [algorithm, value] of [
    ['SHA256', createHash('sha256').update('some bytes').digest('base64')],
    ['CRC32', undefined],
    ['CRC32C', undefined],
    ['CRC64NVME', undefined],
    ['SHA1', createHash('sha1').update('some bytes').digest('base64')],
  ] as const) {
    // SeaweedFS computes them itself and refuses what does not match.
    expect(await copy('moto', 'weed', 'checked', { ChecksumAlgorithm: algorithm })).toEqual(SUCCESS);
    const command = new HeadObjectCommand({ Bucket: bucket, Key: 'copy/checked', ChecksumMode: 'ENABLED' });
    const head = await buckets.client.send(command);
    expect(head[`Checksum${algorithm}`]).toEqual(value ?? expect.stringMatching(/^[A-Za-z0-9+/]+=*$/));
  }
});

function sha256(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}
