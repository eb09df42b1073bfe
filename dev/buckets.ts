import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Credentials, StoreConfig } from '../config/config';
import { CredentialSources } from '../storage/credentials';

/** Makes the buckets that are missing. Rejects with the store's own error when it does not allow that. */
export async function ensureBuckets(
  store: StoreConfig,
  credentials: Credentials,
  buckets: readonly string[],
): Promise<void> {
  if (buckets.length === 0) return;
  const source = new CredentialSources().of(credentials);
  const client = new S3Client({
    endpoint: store.endpoint,
    region: store.region,
    forcePathStyle: store.pathStyle,
    credentials: async () => source.current(),
  });
  try {
    for (const bucket of buckets) {
      const exists = await client.send(new HeadBucketCommand({ Bucket: bucket })).then(
        () => true,
        () => false,
      );
      if (!exists) await client.send(new CreateBucketCommand({ Bucket: bucket }));
    }
  } finally {
    client.destroy();
  }
}
