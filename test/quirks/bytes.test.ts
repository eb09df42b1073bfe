/**
 * Goal: what passes through us arrives byte for byte, header values as the octets that they were. Method: copies between two stores and copies of
 * objects onto themselves, of bodies that a gateway unpacks and of values that are not ASCII.
 */
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '../../contracts/job';
import { quirk } from '../support/quirks';
import { octets } from '../support/quirks/kinds/f-bytes';
import { quirkBenches } from './bench/benches';
import { rowOf, SOURCE, TARGET } from './bench/quirk-bench';

const open = quirkBenches();
const TargetResource = `arn:aws:s3:::${TARGET}`;
const COPY: JsonObject = { S3PutObjectCopy: { TargetResource } };
const MOVE: JsonObject = { S3MoveObject: { TargetResource } };
const EDIT: JsonObject = { S3PutObjectMetadata: { CacheControl: 'max-age=60' } };
const ZIPPED = gzipSync('line of the log\n'.repeat(10_000));

describe('bodies', () => {
  test.each(['gunzips', 'chunked'])('%s: a copy to another store has the bytes as stored', async (name) => {
    const bench = await open([quirk(name)], { apart: true, targetIsPlain: true });
    bench.here.seed(SOURCE, 'log.gz', ZIPPED, { headers: { ContentEncoding: 'gzip', ContentType: 'text/plain' } });
    expect(await bench.perform(COPY, rowOf('log.gz'))).toMatchObject({ status: 'succeeded' });
    const copy = bench.there.peek(TARGET, 'log.gz');
    expect(copy?.body.equals(ZIPPED)).toBe(true);
    expect(copy?.headers['ContentEncoding']).toBe('gzip');
  });
});

describe.each([
  ['UTF-8', 'utf8'],
  ['Latin-1', 'latin1'],
] as const)('Content-Disposition in raw %s', (_name, encoding) => {
  const ContentDisposition = octets('attachment; filename="naïve.txt"', encoding);

  test('is as it was after an edit that does not name it', async () => {
    const bench = await open([]);
    bench.here.seed(SOURCE, 'a', 'bytes', { headers: { ContentDisposition } });
    expect(await bench.perform(EDIT, rowOf('a'))).toMatchObject({ status: 'succeeded' });
    expect(bench.here.peek(SOURCE, 'a')?.headers).toMatchObject({ ContentDisposition, CacheControl: 'max-age=60' });
  });

  test('is as it was in a copy to another store', async () => {
    const bench = await open([], { apart: true });
    bench.here.seed(SOURCE, 'a', 'bytes', { headers: { ContentDisposition } });
    expect(await bench.perform(COPY, rowOf('a'))).toMatchObject({ status: 'succeeded' });
    expect(bench.there.peek(TARGET, 'a')?.headers['ContentDisposition']).toBe(ContentDisposition);
  });
});

describe('a condition on user metadata matches what a person writes', () => {
  const matches = async (author: string): Promise<boolean> => {
    const bench = await open([]);
    bench.here.seed(SOURCE, 'a', 'bytes', { metadata: { author } });
    const element = { S3DeleteObject: {}, When: { MatchAllMetadata: { author: 'José' } } };
    const { status } = await bench.perform(element, rowOf('a'));
    return status === 'succeeded' && bench.here.peek(SOURCE, 'a') === undefined;
  };

  test('in raw UTF-8', async () => {
    expect(await matches(octets('José', 'utf8'))).toBe(true);
  });

  test('in raw Latin-1', async () => {
    expect(await matches(octets('José', 'latin1'))).toBe(true);
  });

  test('encoded by RFC 2047, as Amazon S3 gives it', async () => {
    expect(await matches('=?UTF-8?B?Sm9zw6k=?=')).toBe(true);
  });
});

describe.each([
  ['raw UTF-8', octets('José', 'utf8')],
  ['raw Latin-1', octets('José', 'latin1')],
])('user metadata in %s', (_name, author) => {
  test('is as it was after an edit that does not name it', async () => {
    const bench = await open([]);
    bench.here.seed(SOURCE, 'a', 'bytes', { metadata: { author } });
    await bench.perform(EDIT, rowOf('a'));
    expect(bench.here.peek(SOURCE, 'a')?.metadata).toEqual({ author });
  });

  test.each([[COPY], [MOVE]])('is as it was after %j to another store', async (element) => {
    const bench = await open([], { apart: true });
    bench.here.seed(SOURCE, 'a', 'bytes', { metadata: { author } });
    await bench.perform(element, rowOf('a'));
    expect((bench.there.peek(TARGET, 'a') ?? bench.here.peek(SOURCE, 'a'))?.metadata).toEqual({ author });
  });

  test('matches what a person writes, in S3VerifyObject', async () => {
    const bench = await open([]);
    bench.here.seed(SOURCE, 'a', 'bytes', { metadata: { author } });
    const statusFor = (wanted: string): Promise<string> =>
      bench
        .perform({ S3VerifyObject: { UserMetadata: { author: wanted } } }, rowOf('a'))
        .then(({ status }) => status, String);
    expect(await statusFor('José')).toBe('succeeded');
    expect(await statusFor('Jose')).toBe('failed');
  });
});

test.each([
  [true, 'utf8', 0],
  [true, 'latin1', 1],
  [false, 'utf8', 1],
] as const)(
  'metadataUtf8 %s: a copy with metadata in raw %s is looked at %d times for them',
  async (metadataUtf8, encoding, looks) => {
    const bench = await open([], { apart: true, profile: { metadataUtf8 } });
    bench.here.seed(SOURCE, 'a', 'bytes', { metadata: { author: octets('José', encoding) } });
    expect(await bench.perform(COPY, rowOf('a'))).toMatchObject({ status: 'succeeded' });
    expect(bench.there.peek(TARGET, 'a')?.metadata['author']).toBe(octets('José', encoding));
    const asked = bench.proxies[1]?.requests.filter(({ method }) => method === 'HEAD');
    // Besides, the first copy of a batch shows whether metadata are kept at all.
    expect(asked).toHaveLength(1 + looks);
  },
);
