import { createHash } from 'node:crypto';
import { v4 as uuidV4 } from 'uuid';
import { bucketArn } from '../../contracts/arn';
import { DroverError } from '../../contracts/engine/failures';
import type { JobRequest, Workspace } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { uploadedManifest, uploadedManifestKey, uploadedManifestUse } from '../../contracts/uploaded-manifest';
import type { ObjectStore, Stores } from '../../storage/object-store';
import { generalRefusal } from '../../storage/refusals';
import { StoreError } from '../../storage/store-error';
import { piecesOf } from './workspace/pieces';

export interface UploadedManifest {
  /** As `Manifest.Location` of a job of the same account has it. */
  readonly ObjectArn: string;
  /** Without quotes. */
  readonly ETag: string;
}

/** Manifests that people send instead of putting them into a bucket. They lie in the workspace, one account's beside the other's. */
export interface ManifestUploads {
  /**
   * With `sha256`, in hexadecimal, the same content is one and the same object, and what arrives is compared with it. Rejects
   * with BadRequestException when it differs, EntityTooLarge, TooManyRequestsException, WorkspaceNotWritable, and what
   * `generalRefusal` says of stores.
   */
  put(account: string, body: AsyncIterable<Uint8Array>, sha256?: string): Promise<UploadedManifest>;
  /** Notes that a job is about to use it, if the manifest was sent to the API: what was used lately is not cleaned away. */
  use(account: string, request: Pick<JobRequest, 'Manifest'>): Promise<void>;
}

interface Target {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly key: string;
}

/** `workspace` is that of the configuration. */
export function manifestUploads(stores: Stores, workspace: Workspace): ManifestUploads {
  let inFlight = 0;
  return {
    put: async (account, body, sha256) => {
      if (inFlight >= LIMITS.upload.inFlight) {
        throw new DroverError('TooManyRequestsException', `${inFlight} manifests are being sent to this API already`);
      }
      const key = uploadedManifestKey(workspace, account, sha256 ?? uuidV4());
      const target: Target = { store: stores.workspace(), bucket: workspace.bucket, key };
      inFlight += 1;
      try {
        const ETag = await explained(workspace.bucket, () => send(target, body, sha256));
        return { ObjectArn: `${bucketArn(workspace.bucket)}/${key}`, ETag };
      } finally {
        inFlight -= 1;
      }
    },
    use: async (account, { Manifest }) => {
      const sent = uploadedManifest(workspace, account, Manifest?.Location.ObjectArn ?? '');
      if (sent === undefined) return;
      const target: Target = { store: stores.workspace(), bucket: workspace.bucket, key: sent.key };
      await explained(workspace.bucket, () => noteUse(target));
    },
  };
}

async function send(target: Target, body: AsyncIterable<Uint8Array>, sha256: string | undefined): Promise<string> {
  const hash = createHash('sha256');
  const checked = async function* (): AsyncGenerator<Buffer> {
    // One piece is held back, so that the last is passed on only when all have been checked.
    let last: Buffer | undefined;
    for await (const piece of piecesOf(body, LIMITS.upload.partBytes, LIMITS.upload.bytesMax)) {
      hash.update(piece);
      if (last !== undefined) yield last;
      last = piece;
    }
    if (sha256 !== undefined && hash.digest('hex') !== sha256) {
      throw new DroverError('BadRequestException', 'sha256: is not that of the body');
    }
    if (last !== undefined && last.length > 0) yield last;
  };
  const there = sha256 === undefined ? undefined : await etagOf(target);
  if (there === undefined) return stored(target, checked());
  for await (const _piece of checked());
  await noteUse(target);
  return there;
}

/** Not by writing the manifest anew: a job that reads it holds the store to its ETag. */
async function noteUse({ store, bucket, key }: Target): Promise<void> {
  await store.put({ bucket, key: uploadedManifestUse(key) }, '');
}

/** Undefined when there is no such object, or the store does not tell. */
async function etagOf({ store, bucket, key }: Target): Promise<string | undefined> {
  try {
    const { etag } = await store.headObject({ bucket, key }, { plainNotFound: true });
    return etag === '' ? undefined : etag;
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) return undefined;
    throw error;
  }
}

async function stored(target: Target, pieces: AsyncGenerator<Buffer>): Promise<string> {
  const { store, bucket, key } = target;
  const first = await pieces.next();
  if (first.done === true) {
    throw new DroverError('BadRequestException', 'body: is empty: a manifest has one row at least');
  }
  const second = await pieces.next();
  const etag =
    second.done === true
      ? (await store.put({ bucket, key }, first.value, { contentType: 'text/csv' })).etag
      : await inParts(target, [first.value, second.value], pieces);
  return etag === '' ? ((await etagOf(target)) ?? '') : etag;
}

async function inParts(
  { store, bucket, key }: Target,
  begun: readonly Buffer[],
  rest: AsyncGenerator<Buffer>,
): Promise<string> {
  const { uploadId } = await store.createMultipartUpload({ Bucket: bucket, Key: key, ContentType: 'text/csv' });
  const upload = { Bucket: bucket, Key: key, UploadId: uploadId };
  const Parts: { PartNumber: number; ETag: string }[] = [];
  const part = async (Body: Buffer): Promise<void> => {
    const PartNumber = Parts.length + 1;
    const { etag: ETag } = await store.uploadPart({ ...upload, PartNumber, Body });
    Parts.push({ PartNumber, ETag });
  };
  try {
    for (const piece of begun) await part(piece);
    for await (const piece of rest) await part(piece);
    return (await store.completeMultipartUpload({ ...upload, MultipartUpload: { Parts } })).etag;
  } catch (error) {
    // The cause of the failure is what is told; the store forgets what it still has of the upload, or a lifecycle rule does.
    await store.abortMultipartUpload(upload).catch(() => undefined);
    throw error;
  }
}

async function explained<Answer>(bucket: string, work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const message = `The workspace (bucket ${bucket}) refused the manifest: ${error.told}`;
    throw (
      generalRefusal(error, 'workspace bucket') ?? new DroverError('WorkspaceNotWritable', message, { cause: error })
    );
  }
}
