/**
 * Goal: `drover store probe` tells the truth of real stores, in a bucket that others use, with and without versions, and leaves nothing there.
 * Method: the command line on SeaweedFS and versitygw; AWS's own client lists the bucket, versions and uploads afterwards.
 */
import { ListMultipartUploadsCommand, ListObjectVersionsCommand, PutBucketVersioningCommand } from '@aws-sdk/client-s3';
import {
  type StartedServer,
  startVersityGw,
  TEST_ACCESS_KEY,
  TEST_SECRET_KEY,
  testStack,
} from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { runCli } from '../../unit/cli/run-cli';
import { ConfigFolder } from '../../unit/config/config-folder';

const AS_SEEN = {
  checksumHeaders: true,
  contentMd5: false,
  conditionalPut: true,
  conditionalComplete: true,
  multiDelete: true,
  confirmsDeletion: true,
  metadataUtf8: true,
};

let gateway: StartedServer | undefined;
const folder = new ConfigFolder();

afterAll(async () => {
  await gateway?.stop();
  folder.remove();
});

const STORES: readonly (readonly [name: string, url: () => Promise<string>, profile: object])[] = [
  [
    'SeaweedFS',
    // It walks a bucket folder by folder, and sorts each page by bytes where it keeps versions: start-after is not obeyed there.
    () => Promise.resolve(testStack().s3Endpoint),
    { ...AS_SEEN, conditionalCopy: true, conditionalDelete: true },
  ],
  [
    'versitygw',
    async () => {
      gateway = await startVersityGw();
      return gateway.url;
    },
    { ...AS_SEEN, listingOrder: 'bytes', startAfter: true },
  ],
];

test.each(STORES)(
  '%s',
  async (name, start, profile) => {
    const url = await start();
    const buckets = new Buckets(url);
    for (const Status of [undefined, 'Enabled'] as const) {
      const Bucket = `probed-${name.toLowerCase()}-${Status === undefined ? 'plain' : 'versions'}`;
      await buckets.create(Bucket);
      if (Status) {
        await buckets.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
      }
      const credentials = `{accessKeyId: ${TEST_ACCESS_KEY}, secretAccessKey: ${TEST_SECRET_KEY}}`;
      const file = folder.write(
        'drover.config.yaml',
        `stores: {it: {endpoint: '${url}', credentials: ${credentials}}}\nworkspace: {store: it, bucket: ${Bucket}}`,
      );
      const { code, stdout, stderr } = await runCli(['--json', 'store', 'probe', 'it', '--file', file]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining(`${Bucket}/drover-probe/`) });
      expect(JSON.parse(stdout)).toMatchObject({ profile, left: [] });
      const { Versions = [], DeleteMarkers = [] } = await buckets.client.send(
        new ListObjectVersionsCommand({ Bucket }),
      );
      const { Uploads = [] } = await buckets.client.send(new ListMultipartUploadsCommand({ Bucket }));
      expect([Versions, DeleteMarkers, Uploads]).toEqual([[], [], []]);
    }
    buckets.close();
  },
  180_000,
);
