/**
 * Goal: what is wrong with a source is told with its file, its row and the cause, whichever way it is read. Method: the activities
 * that prepare a job, on the in-memory store.
 */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { JobManifest, JobRequest } from '../../../../contracts/job';
import { jobFixture } from '../../../support/job-fixture';
import { prepareJob } from '../../../support/prepare-job';

const TAG = { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } };
const LIST = 'arn:aws:s3:::manifests/list';

interface Way {
  readonly name: string;
  readonly pack: (body: Buffer) => Buffer;
  readonly filter?: JobRequest['Filter'];
}

/** In place, as text that is taken over, and row by row. */
const WAYS: readonly Way[] = [
  { name: 'in place', pack: (body) => body },
  { name: 'packed', pack: (body) => gzipSync(body) },
  { name: 'with duplicates refused', pack: (body) => body, filter: { Duplicates: 'Refuse' } },
  { name: 'filtered', pack: (body) => body, filter: { Exclude: ['x'] } },
];

interface Given {
  readonly body: Buffer;
  readonly filter?: JobRequest['Filter'];
  readonly spec?: Partial<JobManifest['Spec']>;
  readonly location?: Partial<JobManifest['Location']>;
  readonly denied?: readonly string[];
}

/** The message of the failure, which is for good. */
async function failure({ body, filter, spec, location, denied = [] }: Given): Promise<string> {
  const fixture = jobFixture({ rows: 1, operation: TAG, jobId: randomUUID(), denied });
  const { etag: ETag } = fixture.store.seed('manifests', 'list', body);
  const { Manifest } = fixture.request;
  Object.assign(fixture.request, {
    Manifest: { Spec: { ...Manifest.Spec, ...spec }, Location: { ObjectArn: LIST, ETag, ...location } },
    ...(filter && { Filter: filter }),
  });
  try {
    await prepareJob(fixture);
  } catch (error) {
    const { type, message, nonRetryable } = error as { type: string; message: string; nonRetryable: boolean };
    expect(nonRetryable).toBe(true);
    return `${type}: ${message}`;
  }
  return 'none';
}

const ROWS: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['too many columns', 'source,a\nsource,b,c\n', /2.*3 columns, expected 2/],
  ['too few columns', 'source,a\nsource\n', /2.*1 column/],
  ['a raw space', 'source,a\nsource,b c\n', /2.*space.*Raw/i],
  ['a malformed escape', 'source,a\nsource,b\nsource,%zz\n', /Row 3.*percent sign/],
  ['an open quotation mark', 'source,a\nsource,"b\n', /2.*never closed/],
  ['a quotation mark inside', 'source,a\nsource,b"c\n', /2.*quotation mark/],
  ['an empty line', 'source,a\n\nsource,b\n', /Row 2.*blank/],
  ['Latin-1', Buffer.from('source,a\nsource,caf\xe9\n', 'latin1'), /2.*UTF-8/],
  ['UTF-16', Buffer.from('\ufeffsource,a\n', 'utf16le'), /1.*UTF-8/],
  ['a Parquet file', Buffer.from('PAR1\x15\x00\xff\xfe', 'latin1'), /1.*UTF-8/],
  ['a foreign header', 'bucket_name,object_key\nsource,a\n', /1.*header/],
  ['interchanged columns', 'Key,Bucket\na,source\n', /1.*header/],
  ['a line too long', `source,${'a'.repeat(70_000)}\n`, /1.*65536 bytes/],
];

describe.each(WAYS)('a CSV $name', ({ pack, filter }) => {
  test.each(ROWS)('%s', async (_name, text, words) => {
    const message = await failure({ body: pack(Buffer.from(text)), ...(filter && { filter }) });
    expect(message).toMatch(/^InvalidManifestContent: /);
    expect(message).toContain(LIST);
    expect(message).toMatch(words);
  });

  test('nothing in it', async () => {
    expect(await failure({ body: pack(Buffer.from('')), ...(filter && { filter }) })).toContain(LIST);
  });

  test('another ETag', async () => {
    const location = { ETag: 'another' };
    const given = { body: pack(Buffer.from('source,a\n')), location, ...(filter && { filter }) };
    expect(await failure(given)).toBe(`ManifestETagMismatch: The manifest's ETag is not the one given: ${LIST}`);
  });

  test('no such object', async () => {
    const location = { ObjectArn: 'arn:aws:s3:::manifests/gone' };
    const message = await failure({ body: Buffer.from(''), location, ...(filter && { filter }) });
    expect(message).toMatch(/^ManifestNotFound: .*arn:aws:s3:::manifests\/gone.*NoSuchKey/);
  });

  test('a bucket that the role may not read', async () => {
    const message = await failure({
      body: pack(Buffer.from('source,a\n')),
      denied: ['manifests'],
      ...(filter && { filter }),
    });
    expect(message).toMatch(/^BucketNotAllowed: .*manifests/);
  });
});

describe('gzip', () => {
  const whole = gzipSync('source,a\n'.repeat(1_000));
  test.each([
    ['cut off', whole.subarray(0, whole.length - 12), /it is cut off/],
    ['damaged', Buffer.concat([whole.subarray(0, 20), Buffer.alloc(20, 0xff), whole.subarray(40)]), /gzip/],
    ['with other bytes behind it', Buffer.concat([whole, Buffer.from('source,b\n')]), /gzip that can't be read/],
  ])('%s', async (_name, body, words) => {
    const message = await failure({ body });
    expect(message).toMatch(/^InvalidManifestContent: /);
    expect(message).toContain(LIST);
    expect(message).toMatch(words);
  });
});
