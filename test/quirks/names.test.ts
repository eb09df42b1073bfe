/**
 * Goal: names that are right on some store are taken, and the report says which object was meant. Method: storage classes, buckets and keys of such
 * names, alone and in a job whose manifest has them.
 */
import { parseOperation } from '../../operations';
import { quirkBenches } from './bench/benches';
import { rowOf, SOURCE, TARGET } from './bench/quirk-bench';
import { runJob } from './bench/quirk-job';

const open = quirkBenches();
const TargetResource = `arn:aws:s3:::${TARGET}`;

describe('storage classes', () => {
  test.each(['COLD', 'REDUCED_REDUNDANCY', 'EXPRESS_ONEZONE'])('%s goes to the store', async (StorageClass) => {
    for (const name of ['S3PutObjectCopy', 'S3MoveObject']) {
      const bench = await open([]);
      bench.here.seed(SOURCE, 'a');
      await expect(bench.perform({ [name]: { TargetResource, StorageClass } }, rowOf('a'))).resolves.toMatchObject({
        status: 'succeeded',
      });
      expect(bench.there.peek(TARGET, 'a')?.storageClass).toBe(StorageClass);
    }
  });

  test('a name that can be none is refused', () => {
    const element = { S3PutObjectCopy: { TargetResource, StorageClass: 'two words' } };
    expect(() => parseOperation(element)).toThrow('StorageClass');
  });
});

describe('keys', () => {
  test('the row of a success names the key that was meant, where the manifest spells another', async () => {
    const bench = await open([]);
    bench.here.seed(SOURCE, 'a+b.txt');
    bench.here.seed(SOURCE, 'a b.txt');
    const { rows } = await runJob(bench, { operation: { S3DeleteObject: {} }, manifest: `${SOURCE},a+b.txt\n` });
    expect(bench.here.keys(SOURCE)).toEqual(['a+b.txt']);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toBe(`${SOURCE},a+b.txt,,succeeded,200,,Successful (key: a b.txt)`);
  });

  test.each(['a b.txt', '100%.txt'])('%j in a manifest: it does not look URL-encoded', async (key) => {
    const bench = await open([]);
    bench.here.seed(SOURCE, key);
    const manifest = `${SOURCE},${key}\n`;
    const { failure } = await runJob(bench, { operation: { S3DeleteObject: {} }, manifest });
    expect(failure).toMatchObject({ code: 'InvalidManifestContent' });
    expect(failure?.message).toMatch(/^Row 1 of arn:aws:s3:::\S+ has .* does not look URL-encoded/);
    expect(bench.here.keys(SOURCE)).toEqual([key]);
  });

  test.each(['Bucket, Key', 'bucket_name,object_key'])('the header %j is no task', async (header) => {
    const bench = await open([]);
    bench.here.seed(SOURCE, 'a');
    const manifest = `${header}\n${SOURCE},a\n`;
    const { rows, failure } = await runJob(bench, { operation: { S3DeleteObject: {} }, manifest });
    expect(rows.filter((row) => row.includes('NoSuchBucket'))).toEqual([]);
    if (failure) expect(failure).toMatchObject({ code: 'InvalidManifestContent' });
    else expect(rows).toHaveLength(1);
  });
});

describe('buckets', () => {
  test.each([
    ['S3PutObjectCopy', {}],
    ['S3MoveObject', {}],
  ])('%s to a bucket that is called accesspoint-logs', async (name, more) => {
    const bench = await open([]);
    bench.here.createBucket('accesspoint-logs');
    bench.here.seed(SOURCE, 'a');
    const element = { [name]: { TargetResource: 'arn:aws:s3:::accesspoint-logs', ...more } };
    await expect(bench.perform(element, rowOf('a'))).resolves.toMatchObject({ status: 'succeeded' });
    expect(bench.here.keys('accesspoint-logs')).toEqual(['a']);
  });

  test('S3VerifyObject against a bucket that is called accesspoint-logs', async () => {
    const bench = await open([]);
    bench.here.createBucket('accesspoint-logs');
    bench.here.seed(SOURCE, 'a', 'same');
    bench.here.seed('accesspoint-logs', 'a', 'same');
    const element = { S3VerifyObject: { Against: { TargetResource: 'arn:aws:s3:::accesspoint-logs' } } };
    await expect(bench.perform(element, rowOf('a'))).resolves.toMatchObject({ status: 'succeeded' });
  });

  test('the ARN of an access point is refused as the place of a manifest', async () => {
    const bench = await open([]);
    const ObjectArn = 'arn:aws:s3:us-east-1:123456789012:accesspoint/mine/object/manifest.csv';
    const operation = { S3DeleteObject: {} };
    const { failure } = await runJob(bench, { operation, manifest: '', location: { ObjectArn } });
    expect(failure?.message).toMatch(/access point/i);
  });
});
