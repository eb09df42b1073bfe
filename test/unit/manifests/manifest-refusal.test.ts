/**
 * Goal: whoever creates a job hears from its manifest's store why it can't be read, also where the answer to HEAD has no words.
 * Method: the store client on a server that answers HEAD and GET as real stores do.
 */
import { manifestEtag } from '../../../manifests';
import { errorXml } from '../../support/servers/http-store-stub';
import { StubbedStores } from '../storage/stubbed-store';

const stubbed = new StubbedStores();
afterEach(() => stubbed.close());

const ARN = 'arn:aws:s3:::herd/m.csv';
const REF = { bucket: 'herd', key: 'm.csv' };

test.each<[string, number, Record<string, string>, string, object, string, RegExp]>([
  [
    'a key that the store does not know',
    403,
    {},
    'InvalidAccessKeyId',
    {},
    'StoreCredentialsRefused',
    /InvalidAccessKeyId/,
  ],
  ['rights that are missing', 403, {}, 'AccessDenied', {}, 'ManifestAccessDenied', /AccessDenied/],
  [
    'another region',
    301,
    { 'x-amz-bucket-region': 'eu-west-1' },
    '',
    {},
    'BucketInOtherRegion',
    /herd is in region eu-west-1/,
  ],
  [
    'a version id that is none',
    400,
    {},
    'InvalidArgument',
    { versionId: 'v' },
    'ManifestNotFound',
    /version v: .*InvalidArgument/,
  ],
  ['SSE-C', 400, {}, 'InvalidRequest', {}, 'ManifestNotReadable', /InvalidRequest/],
  ['no such key', 404, {}, 'NoSuchKey', {}, 'ManifestNotFound', /NoSuchKey/],
  ['no such bucket', 404, {}, 'NoSuchBucket', {}, 'ManifestNotFound', /NoSuchBucket/],
  ['a store that is busy', 503, {}, 'SlowDown', {}, 'StoreUnreachable', /HeadObject \(herd\) at stub/],
])('%s', async (_, status, headers, code, at, failure, message) => {
  const { store } = await stubbed.open((response, { method }) =>
    response.writeHead(status, headers).end(method === 'HEAD' ? '' : errorXml(code)),
  );
  await expect(manifestEtag(store, { ...REF, ...at }, ARN)).rejects.toMatchObject({
    code: failure,
    message: expect.stringMatching(message) as string,
  });
});
