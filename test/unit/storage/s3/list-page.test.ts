// Pages of listings with all that they tell, in our reader and in the SDK's: what ours does not know is left to that.
import { readListPage } from '../../../../storage/s3/listing/list-page-xml';
import { StubbedStores } from '../stubbed-store';

const stubbed = new StubbedStores();
afterEach(() => stubbed.close());

async function page(body: string, input: object = {}) {
  const { store, stub } = await stubbed.open((response) => response.writeHead(200).end(body));
  const listed = await store.listPage({ bucket: 'b', versions: body.includes('ListVersionsResult'), ...input });
  return { listed, path: stub.requests[0]?.url ?? '' };
}

/** A comment makes our reader leave the page to the SDK's. */
const forSdk = (body: string): string => body.replace('Result>', 'Result><!-- - -->');

const CONTENTS = [
  '<Contents><Key>a%2Bb+c%0D</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><ETag>&quot;e-1&quot;</ETag>' +
    '<Size>5</Size><StorageClass>GLACIER</StorageClass><Owner><ID>i</ID><DisplayName>d</DisplayName></Owner>' +
    '<ChecksumAlgorithm>CRC32</ChecksumAlgorithm></Contents>',
  '<Contents><Key>b</Key><ETag>"plain"</ETag><Size>0</Size><RestoreStatus><IsRestoreInProgress>true</IsRestoreInProgress>' +
    '</RestoreStatus></Contents>',
  '\n  <Contents>\n <Key>%F0%9F%90%84</Key>\n</Contents>',
].join('');
const objects = (inner: string, root = '<ListBucketResult>'): string =>
  `<?xml version="1.0"?>${root}${inner}</ListBucketResult>`;
const more =
  '<EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>t+/=&amp;</NextContinuationToken>';

test('tells all that the store does, and nothing else', async () => {
  const { listed } = await page(objects(more + CONTENTS + '<CommonPrefixes><Prefix>x+y/</Prefix></CommonPrefixes>'));
  expect(listed).toEqual({
    entries: [
      {
        bucket: 'b',
        key: 'a+b c\r',
        lastModifiedMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
        etag: 'e-1',
        size: 5,
        storageClass: 'GLACIER',
      },
      { bucket: 'b', key: 'b', etag: 'plain', size: 0, restoreInProgress: true },
      { bucket: 'b', key: '🐄' },
    ],
    prefixes: ['x y/'],
    isTruncated: true,
    next: { token: 't+/=&' },
  });
});

const VERSIONS =
  '<Version><Key>k</Key><VersionId>2</VersionId><IsLatest>false</IsLatest><LastModified>2026-01-01T00:00:00Z</LastModified><Size>1</Size></Version>' +
  '<DeleteMarker><Key>k+1</Key><VersionId>null</VersionId><IsLatest>true</IsLatest></DeleteMarker>';
const versionsMore =
  '<IsTruncated>true</IsTruncated><NextKeyMarker>k+1</NextKeyMarker><NextVersionIdMarker>null</NextVersionIdMarker>';
const versions = (inner: string): string => `<ListVersionsResult>${inner}</ListVersionsResult>`;

test.each([
  objects(more + CONTENTS),
  objects(CONTENTS),
  objects('<IsTruncated>false</IsTruncated><Prefix/><KeyCount>0</KeyCount>'),
  objects('<Contents><Key>a&lt;&amp;&#xD;&#10;&gt; </Key></Contents>'),
  objects(CONTENTS, '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'),
  versions(versionsMore + VERSIONS),
  versions(`<EncodingType>url</EncodingType>${versionsMore}${VERSIONS}`),
])('reads as the SDK does (%#)', async (body) => {
  const marked = body.includes('xmlns') ? body.replace('2006-03-01/">', '2006-03-01/"><!-- - -->') : forSdk(body);
  expect(readListPage(body, 'b')).toBeDefined();
  expect(readListPage(marked, 'b')).toBeUndefined();
  expect((await page(body)).listed).toEqual((await page(marked)).listed);
});

test.each([
  ['a namespace', '<s:ListBucketResult><s:Contents><s:Key>k</s:Key></s:Contents></s:ListBucketResult>'],
  ['CDATA', objects('<Contents><Key><![CDATA[k]]></Key></Contents>')],
  ['attributes', objects('<Contents type="x"><Key>k</Key></Contents>')],
  ['a body that breaks off', '<ListBucketResult><Contents><Key>k</Key>'],
  ['a date of another form', objects('<Contents><Key>k</Key><LastModified>soon</LastModified></Contents>')],
  ['a size that is none', objects('<Contents><Key>k</Key><Size>1e3</Size></Contents>')],
  ['an entry without a key', objects('<Contents><Size>1</Size></Contents>')],
])('leaves %s to the SDK', (_name, body) => {
  expect(readListPage(body, 'b')).toBeUndefined();
});

test('versions and markers that stand apart are put in order', async () => {
  const entry = (kind: string, key: string, id: string, latest: boolean): string =>
    `<${kind}><Key>${key}</Key><VersionId>${id}</VersionId><IsLatest>${String(latest)}</IsLatest></${kind}>`;
  const stored = entry('Version', 'a', '1', false) + entry('Version', 'c', '3', true);
  const { listed } = await page(versions(stored + entry('DeleteMarker', 'a', '2', true)));
  expect(listed.entries.map(({ versionId }) => versionId)).toEqual(['2', '1', '3']);
});

test('an empty member tells nothing', async () => {
  const empty = '<Size/><ETag/><LastModified></LastModified><StorageClass></StorageClass>';
  const { listed } = await page(objects(`<Contents><Key>k</Key>${empty}</Contents>`));
  expect(listed.entries).toEqual([{ bucket: 'b', key: 'k' }]);
});

test('a key that the store could not write is refused', async () => {
  const body = objects('<Contents><Key>a\ufffd</Key></Contents>');
  await expect(page(body)).rejects.toMatchObject({ code: 'NotImplemented' });
});

test('asks for what the input says', async () => {
  const ofObjects = await page(objects(''), { prefix: 'p/', after: 'p/a b', maxKeys: 7, delimiter: '/' });
  expect(ofObjects.path).toMatch(/delimiter=%2F.*list-type=2.*max-keys=7.*prefix=p%2F.*start-after=p%2Fa%20b/);
  const next = await page(objects(''), { after: 'a', next: { token: 't' } });
  expect(next.path).toContain('continuation-token=t');
  expect(next.path).not.toContain('start-after');
  const ofVersions = await page(versions(''), { next: { keyMarker: 'k', versionIdMarker: 'v' } });
  expect(ofVersions.path).toMatch(/key-marker=k.*version-id-marker=v.*versions/);
});
