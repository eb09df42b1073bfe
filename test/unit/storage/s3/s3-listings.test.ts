// Pages of listings as stores of different make write them, and parts of uploads.
import { errorXml } from '../../../support/servers/http-store-stub';
import { StubbedStores } from '../stubbed-store';

const stubbed = new StubbedStores();
afterEach(() => stubbed.close());

async function answering(body: string) {
  return (await stubbed.open((response) => response.writeHead(200).end(body))).store;
}

const entry = (
  kind: 'Version' | 'DeleteMarker',
  key: string,
  id: string,
  time = '2026-01-01T00:00:00Z',
  latest = false,
) =>
  `<${kind}><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest><LastModified>${time}</LastModified></${kind}>`;
const versions = (inner: string): string => `<?xml version="1.0"?><ListVersionsResult>${inner}</ListVersionsResult>`;

describe('listObjectVersions', () => {
  const listed = async (inner: string, more: object = {}): Promise<string[]> => {
    const store = await answering(versions(inner));
    const page = await store.listObjectVersions({ Bucket: 'b', ...more });
    return page.versions.map(({ key, versionId, isDeleteMarker }) => `${key}:${versionId}${isDeleteMarker ? '!' : ''}`);
  };

  test('tells all of a version', async () => {
    const store = await answering(versions(entry('DeleteMarker', 'k', 'm', '2026-01-01T00:00:01.5Z', true)));
    expect(await store.listObjectVersions({ Bucket: 'b' })).toEqual({
      versions: [
        {
          key: 'k',
          versionId: 'm',
          isLatest: true,
          isDeleteMarker: true,
          lastModified: new Date('2026-01-01T00:00:01.500Z'),
        },
      ],
    });
  });

  test('keeps the order of S3, where markers stand among the versions', async () => {
    const inner =
      entry('DeleteMarker', 'a', '4') +
      // As a replica may say.
      entry('Version', 'a', '3', '2020-01-01T00:00:00Z') +
      entry('DeleteMarker', 'a', '2') +
      entry('Version', 'a', '1');
    expect(await listed(inner)).toEqual(['a:4!', 'a:3', 'a:2!', 'a:1']);
  });

  test.each([false, true])(
    'finds the order by time where kinds stand apart (markers first: %s)',
    async (markersFirst) => {
      const stored = [
        entry('Version', 'a', '3', '2026-01-01T00:00:03Z'),
        entry('Version', 'a', '1', '2026-01-01T00:00:01Z'),
        entry('Version', '😀', '6', '2026-01-01T00:00:09Z', true),
      ].join('');
      const markers = [
        entry('DeleteMarker', 'a', '4', '2026-01-01T00:00:03Z', true),
        entry('DeleteMarker', 'a', '2', '2026-01-01T00:00:02Z'),
        entry('DeleteMarker', '\uff5e', '5', '2026-01-01T00:00:01Z'),
      ].join('');
      const inner = markersFirst ? markers + stored : stored + markers;
      expect(await listed(inner)).toEqual(['a:4!', 'a:3', 'a:2!', 'a:1', '\uff5e:5!', '😀:6']);
    },
  );

  test('in the same second the order is as listed', async () => {
    expect(await listed(entry('DeleteMarker', 'a', '2') + entry('Version', 'a', '1'))).toEqual(['a:2!', 'a:1']);
  });

  test('decodes keys where the store says that they are encoded, and only there', async () => {
    const inner = entry('Version', 'a%2Bb+c%2520%0A', '1');
    expect(await listed(`<EncodingType>url</EncodingType>${inner}`)).toEqual(['a+b c%20\n:1']);
    expect(await listed(inner)).toEqual(['a%2Bb+c%2520%0A:1']);
    expect(await listed(entry('Version', ' a&#xA;&#13;&lt; ', '1'))).toEqual([' a\n\r< :1']);
  });

  test('asks for the next page by key and version, and does not give the last entry twice', async () => {
    const next =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>a+b</NextKeyMarker><NextVersionIdMarker>2</NextVersionIdMarker>';
    const inner = entry('Version', 'a+b', '3') + entry('Version', 'a+b', '2');
    const store = await answering(versions(`<EncodingType>url</EncodingType>${next}${inner}`));
    const page = await store.listObjectVersions({ Bucket: 'b', KeyMarker: 'a b', VersionIdMarker: '3' });
    expect(page.versions.map(({ versionId }) => versionId)).toEqual(['2']);
    expect(page.next).toEqual({ KeyMarker: 'a b', VersionIdMarker: '2' });
  });

  test('does not go on for ever', async () => {
    const store = await answering(versions('<IsTruncated>true</IsTruncated>'));
    await expect(store.listObjectVersions({ Bucket: 'b' })).rejects.toMatchObject({ code: 'InvalidAnswer' });
  });

  test('does not take a listing of objects for one without versions', async () => {
    const store = await answering('<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>');
    await expect(store.listObjectVersions({ Bucket: 'b' })).rejects.toMatchObject({ code: 'NotImplemented' });
  });

  test('does not trust a store that does not encode with a key that XML has no form for', async () => {
    const plain = await answering(versions(entry('Version', 'a\ufffd', '1')));
    await expect(plain.listObjectVersions({ Bucket: 'b', Prefix: 'a\u0001' })).rejects.toMatchObject({
      code: 'NotImplemented',
    });
    const encoding = await answering(versions(`<EncodingType>url</EncodingType>${entry('Version', 'a%01', '1')}`));
    expect(await encoding.listObjectVersions({ Bucket: 'b', Prefix: 'a\u0001' })).toMatchObject({
      versions: [{ key: 'a\u0001' }],
    });
  });

  test('a key that is not UTF-8 is no key', async () => {
    const store = await answering(versions(`<EncodingType>url</EncodingType>${entry('Version', '%ff', '1')}`));
    await expect(store.listObjectVersions({ Bucket: 'b' })).rejects.toMatchObject({ code: 'InvalidAnswer' });
  });
});

describe('the others', () => {
  test('listObjects', async () => {
    const contents = '<Contents><Key>a%2Bb+c</Key><Size>5</Size><ETag>&quot;e&quot;</ETag></Contents>';
    const more = '<IsTruncated>true</IsTruncated><NextContinuationToken>t+/=</NextContinuationToken>';
    const store = await answering(
      `<ListBucketResult><EncodingType>url</EncodingType>${more}${contents}</ListBucketResult>`,
    );
    expect(await store.listObjects({ Bucket: 'b' })).toEqual({
      objects: [{ key: 'a+b c', size: 5, etag: 'e' }],
      next: { ContinuationToken: 't+/=' },
    });
    const last = await answering('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
    expect(await last.listObjects({ Bucket: 'b' })).toEqual({ objects: [] });
  });

  test('listParts', async () => {
    const part =
      '<Part><PartNumber>2</PartNumber><ETag>"e"</ETag><Size>7</Size><ChecksumCRC32>AAAA</ChecksumCRC32></Part>';
    const more = '<IsTruncated>true</IsTruncated><NextPartNumberMarker>2</NextPartNumberMarker>';
    const store = await answering(`<ListPartsResult>${more}${part}</ListPartsResult>`);
    expect(await store.listParts({ Bucket: 'b', Key: 'k', UploadId: 'u' })).toEqual({
      parts: [{ partNumber: 2, etag: 'e', size: 7, ChecksumCRC32: 'AAAA' }],
      next: { PartNumberMarker: '2' },
    });
  });

  test('listMultipartUploads', async () => {
    const upload =
      '<Upload><Key>a+b</Key><UploadId>u</UploadId><Initiated>2026-01-01T00:00:00.000Z</Initiated></Upload>';
    const more =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>a+b</NextKeyMarker><NextUploadIdMarker>u</NextUploadIdMarker>';
    const store = await answering(
      `<ListMultipartUploadsResult><EncodingType>url</EncodingType>${more}${upload}</ListMultipartUploadsResult>`,
    );
    expect(await store.listMultipartUploads({ Bucket: 'b' })).toEqual({
      uploads: [{ key: 'a b', uploadId: 'u', initiated: new Date('2026-01-01T00:00:00Z') }],
      next: { KeyMarker: 'a b', UploadIdMarker: 'u' },
    });
  });
});

describe('uploadPartCopy', () => {
  const part = { Bucket: 'b', Key: 'k', UploadId: 'u', PartNumber: 1, CopySource: 's/k' };

  test('gives ETag and checksum', async () => {
    const { store } = await stubbed.open((response) =>
      response
        .writeHead(200, { 'x-amz-server-side-encryption': 'AES256' })
        .end('<CopyPartResult><ETag>&quot;e&quot;</ETag><ChecksumCRC32C>AAAA</ChecksumCRC32C></CopyPartResult>'),
    );
    expect(await store.uploadPartCopy(part)).toEqual({
      httpStatus: 200,
      etag: 'e',
      serverSideEncryption: 'AES256',
      checksums: { ChecksumCRC32C: 'AAAA' },
    });
  });

  test('an error in the body of a 200 is one, and a part without an ETag is none', async () => {
    const failed = await answering(errorXml('PreconditionFailed'));
    await expect(failed.uploadPartCopy(part)).rejects.toMatchObject({ code: 'PreconditionFailed', httpStatus: 412 });
    const empty = await answering('<CopyPartResult/>');
    await expect(empty.uploadPartCopy(part)).rejects.toMatchObject({ code: 'InvalidAnswer' });
  });
});

test('completeMultipartUpload and putObject tell version and checksums', async () => {
  const { store } = await stubbed.open((response, { method }) =>
    response
      .writeHead(200, { etag: '"e"', 'x-amz-version-id': 'v', 'x-amz-checksum-sha1': 'BBBB' })
      .end(
        method === 'POST'
          ? '<CompleteMultipartUploadResult><ETag>"e-2"</ETag><ChecksumCRC32>AAAA-2</ChecksumCRC32></CompleteMultipartUploadResult>'
          : '',
      ),
  );
  expect(await store.completeMultipartUpload({ Bucket: 'b', Key: 'k', UploadId: 'u' })).toEqual({
    httpStatus: 200,
    etag: 'e-2',
    versionId: 'v',
    checksums: { ChecksumCRC32: 'AAAA-2' },
  });
  expect(await store.putObject({ Bucket: 'b', Key: 'k', Body: Buffer.from('x') })).toEqual({
    httpStatus: 200,
    etag: 'e',
    versionId: 'v',
    checksums: { ChecksumSHA1: 'BBBB' },
  });
});
