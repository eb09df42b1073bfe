import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { bucketArn, parseS3Arn } from '../../contracts/arn';
import { defined } from '../../contracts/defined';
import type { JobRef } from '../../contracts/engine/activities';
import { DroverError } from '../../contracts/engine/failures';
import type { GeneratedManifest } from '../../contracts/job';
import type { JobManifestGenerator } from '../../contracts/source';
import { inventoryManifestOf, type WrittenFile } from '../../manifests';
import { inLanes } from '../../storage/http/in-lanes';
import type { ObjectStore, PutObjectInput, RoleStores } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import type { JobSpec } from '../job-spec';

type Generator = JobManifestGenerator['S3JobManifestGenerator'];
type Output = NonNullable<Generator['ManifestOutputLocation']>;

/** Objects of some megabytes that are packed and sent at a time. */
const FILES_AT_A_TIME = 4;

const packed = promisify(gzip);

/**
 * Leaves the list that a generator has made where the request wants it, as `EnableManifestOutput` has it: undefined when it wants none. The
 * keys follow from the job, so that a second run writes the same files. Rejects with ManifestNotWritable for a refusal.
 */
export async function writeGeneratedManifest(
  job: JobRef,
  { request, createdAt }: JobSpec,
  role: RoleStores,
  workspace: ObjectStore,
  objects: readonly string[],
  signal: AbortSignal,
): Promise<GeneratedManifest | undefined> {
  const generator = request.ManifestGenerator?.S3JobManifestGenerator;
  const output = generator?.EnableManifestOutput === true ? generator.ManifestOutputLocation : undefined;
  if (generator === undefined || output === undefined) return undefined;
  const bucket = parseS3Arn(output.Bucket)?.bucket ?? output.Bucket;
  const target = { store: role.storeFor(bucket, 'write'), output, bucket };
  const folder = folderOf(output, job.jobId);
  const files: WrittenFile[] = [];
  await inLanes(objects, FILES_AT_A_TIME, signal, async (source, index, stopped) => {
    const rows = await workspace.read({ bucket: job.workspace.bucket, key: source }, { signal: stopped });
    const body = await packed(rows);
    const key = `${folder}data/${String(index).padStart(6, '0')}.csv.gz`;
    await put(target, key, body, stopped);
    files[index] = { key, size: body.byteLength, md5: md5Of(body) };
  });
  const sourceBucket = parseS3Arn(generator.SourceBucket)?.bucket ?? generator.SourceBucket;
  const text = inventoryManifestOf(sourceBucket, bucketArn(bucket), files, Date.parse(createdAt));
  const key = `${folder}manifest.json`;
  const { etag } = await put(target, key, Buffer.from(text), signal);
  await put(target, `${folder}manifest.checksum`, Buffer.from(`${md5Of(text)}\n`), signal);
  return { format: output.ManifestFormat, objectArn: `${bucketArn(bucket)}/${key}`, etag };
}

function folderOf({ ManifestPrefix }: Output, jobId: string): string {
  const prefix = ManifestPrefix?.replace(/\/$/, '') ?? '';
  return `${prefix === '' ? '' : `${prefix}/`}job-${jobId}/`;
}

function md5Of(content: string | Buffer): string {
  return createHash('md5').update(content).digest('hex');
}

async function put(
  { store, output, bucket }: { readonly store: ObjectStore; readonly output: Output; readonly bucket: string },
  key: string,
  body: Buffer,
  signal: AbortSignal,
): Promise<{ readonly etag: string }> {
  try {
    return await store.putObject({ Bucket: bucket, Key: key, Body: body, ...settingsOf(output) }, { signal });
  } catch (error) {
    if (!(error instanceof StoreError) || error.storeDown) throw error;
    const message = `The generated manifest can't be written to s3://${bucket}/${key}: ${error.told}`;
    throw new DroverError('ManifestNotWritable', message, { cause: error });
  }
}

function settingsOf({ ManifestEncryption = {}, ExpectedManifestBucketOwner: owner }: Output): Partial<PutObjectInput> {
  const { SSES3, SSEKMS } = ManifestEncryption;
  return {
    ...(SSES3 && { ServerSideEncryption: 'AES256' }),
    ...(SSEKMS && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: SSEKMS.KeyId }),
    ...defined({ ExpectedBucketOwner: owner }),
  };
}
