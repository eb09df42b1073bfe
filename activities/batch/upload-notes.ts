import { log } from '@temporalio/activity';
import { TemporalFailure } from '@temporalio/common';
import type { JobRef } from '../../contracts/engine/activities';
import { workspaceKeys } from '../../contracts/engine/naming';
import { giveUpNoted } from '../../operations/copying/in-parts/multipart-upload';
import type { UploadNote, UploadNotes } from '../../operations/operation';
import { inLanes } from '../../storage/http/in-lanes';
import type { ListObjectsInput, ObjectRef, ObjectStore, RoleStores } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { ofWorkspace } from './of-workspace';

/** Uploads given up at a time: there are as many as large objects were under way. */
const LANES = 16;

const WHAT = 'the note of an upload';

export interface BatchUploads extends UploadNotes {
  /** Notes that this process has written and not forgotten. */
  readonly left: number;
}

/** Notes of one batch, each an object in the workspace: written for large objects only, where a request more does not count. */
export function uploadNotes(store: ObjectStore, { workspace }: JobRef, batch: number): BatchUploads {
  const left = new Set<number>();
  const refOf = (row: number) => ({
    bucket: workspace.bucket,
    key: workspaceKeys.upload(workspace.prefix, batch, row),
  });
  return {
    get left() {
      return left.size;
    },
    find: (row) => ofWorkspace(readNote(store, refOf(row)), WHAT),
    write: async (row, note) => {
      left.add(row);
      await ofWorkspace(store.put(refOf(row), JSON.stringify(note), { contentType: 'application/json' }), WHAT);
    },
    forget: async (row) => {
      await ofWorkspace(store.remove(refOf(row)), WHAT);
      left.delete(row);
    },
  };
}

async function readNote(store: ObjectStore, ref: ObjectRef): Promise<UploadNote | undefined> {
  try {
    return JSON.parse((await store.read(ref)).toString('utf8')) as UploadNote;
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) return undefined;
    throw error;
  }
}

export interface UploadsToGiveUp {
  readonly workspace: ObjectStore;
  /** That began them. */
  readonly role: Pick<RoleStores, 'storeFor'>;
  readonly bucket: string;
  /** The notes' keys begin with it: those of a batch, or of a job. */
  readonly prefix: string;
}

/**
 * Gives up what is noted. What is refused is logged, with all that it takes to do so by hand. Rejects with `StoreError` when a
 * store is out of reach, after all that can be given up has been.
 */
export async function giveUpUploads(uploads: UploadsToGiveUp, signal: AbortSignal): Promise<void> {
  const { workspace, bucket: Bucket, prefix: Prefix } = uploads;
  const down: StoreError[] = [];
  try {
    let next: Pick<ListObjectsInput, 'ContinuationToken'> | undefined = {};
    while (next) {
      const page = await workspace.listObjects({ Bucket, Prefix, ...next }, { signal });
      await inLanes(page.objects, LANES, signal, async ({ key }, _, stop) => {
        const fault = await giveUpOne(uploads, { bucket: Bucket, key }, stop);
        if (fault) down.push(fault);
      });
      next = page.next;
    }
  } catch (error) {
    if (!(error instanceof StoreError) || error.storeDown) throw error;
    log.warn('multipart uploads may be left: their notes could not be listed', { error });
  }
  if (down[0]) throw down[0];
}

/** Resolves with what says that a store is out of reach: the note stays for the next time. */
async function giveUpOne(
  { workspace, role }: UploadsToGiveUp,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<StoreError | undefined> {
  let note: UploadNote | undefined;
  try {
    note = await readNote(workspace, ref);
    if (note === undefined) return undefined;
    await giveUpNoted((bucket) => role.storeFor(bucket, 'write'), note, signal);
    await workspace.remove(ref, { signal });
  } catch (error) {
    signal.throwIfAborted();
    // Not of this upload: the lease has ended.
    if (error instanceof TemporalFailure) throw error;
    log.warn('a multipart upload could not be given up: abort it, or let a lifecycle rule', {
      ...(note && { bucket: note.bucket, key: note.key, uploadId: note.uploadId }),
      note: ref.key,
      error,
    });
    if (error instanceof StoreError && error.storeDown) return error;
  }
  return undefined;
}
