import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Credentials, StoreConfig } from '../config/config';
import { CredentialSources } from '../storage/signing/credentials';

const ANSWER_TIMEOUT_MS = 10_000;

/**
 * Makes the buckets that are missing. Rejects with the store's own error when it does not allow that; when no store answers, with
 * one that names the address and `setting`, where it comes from.
 */
export async function ensureBuckets(
  store: StoreConfig,
  credentials: Credentials,
  buckets: readonly string[],
  setting = 'DROVER_S3_ENDPOINT',
): Promise<void> {
  if (buckets.length === 0) return;
  await assertAnswers(store.endpoint, setting);
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

/** Any answer will do. Without a server the SDK's error does not say which setting the address comes from. */
async function assertAnswers(endpoint: string, setting: string): Promise<void> {
  try {
    await fetch(endpoint, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } };
    const why = cause?.code ?? message;
    throw new Error(`no store answers at ${endpoint} (${setting}): ${why}. Start it, or set another address`, {
      cause: error,
    });
  }
}
