import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { createStores } from '../../../storage/stores';
import { oneStoreConfig, TEST_CREDENTIALS } from './stores-config';

export interface ListedObject {
  readonly key: string;
  readonly etag: string;
  readonly lastModified: number;
}

const REGION = 'us-east-1';
const PUTS_IN_FLIGHT = 32;

/** What tests put into a store and read from it: AWS's own client, so that Drover's way to S3 is not checked by itself. */
export class Buckets {
  readonly client: S3Client;

  constructor(readonly endpoint: string) {
    this.client = new S3Client({ endpoint, region: REGION, forcePathStyle: true, credentials: TEST_CREDENTIALS });
  }

  close(): void {
    this.client.destroy();
  }

  async create(...buckets: readonly string[]): Promise<void> {
    for (const Bucket of buckets) await this.client.send(new CreateBucketCommand({ Bucket }));
  }

  /** ETag without quotes. */
  async put(
    bucket: string,
    key: string,
    body: string | Buffer,
    more: Partial<PutObjectCommandInput> = {},
  ): Promise<string> {
    const { ETag = '' } = await this.client.send(
      // Else the client warns of an empty body.
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentLength: Buffer.byteLength(body), ...more }),
    );
    return ETag.replaceAll('"', '');
  }

  /** Many small objects, each with its key as content. Quick, hence by the lean client. */
  async putMany(bucket: string, keys: readonly string[]): Promise<void> {
    const stores = createStores(oneStoreConfig(this.endpoint, bucket, []));
    const left = keys.values();
    const lane = async (): Promise<void> => {
      for (const key of left) await stores.workspace().put({ bucket, key }, key);
    };
    try {
      await Promise.all(Array.from({ length: PUTS_IN_FLIGHT }, lane));
    } finally {
      await stores.close();
    }
  }

  async get(bucket: string, key: string): Promise<Buffer> {
    const { Body } = await this.client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  head(bucket: string, key: string): Promise<HeadObjectCommandOutput> {
    return this.client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
  }

  async tags(bucket: string, key: string): Promise<Record<string, string>> {
    const { TagSet = [] } = await this.client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }));
    return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
  }

  async list(bucket: string, prefix = ''): Promise<ListedObject[]> {
    const listed: ListedObject[] = [];
    let token: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) }),
      );
      for (const { Key = '', ETag = '', LastModified } of page.Contents ?? []) {
        listed.push({ key: Key, etag: ETag.replaceAll('"', ''), lastModified: LastModified?.getTime() ?? 0 });
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return listed;
  }
}
