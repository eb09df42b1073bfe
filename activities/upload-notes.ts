import type { JobRef } from '../contracts/activities';
import { workspaceKeys } from '../contracts/naming';
import type { UploadNote, UploadNotes } from '../operations/operation';
import type { ObjectStore } from '../storage/object-store';
import { StoreError } from '../storage/store-error';

/** Notes of one batch, each an object in the workspace: written for large objects only, where a request more does not count. */
export function uploadNotes(store: ObjectStore, { workspace }: JobRef, batch: number): UploadNotes {
  const refOf = (row: number) => ({
    bucket: workspace.bucket,
    key: workspaceKeys.upload(workspace.prefix, batch, row),
  });
  return {
    find: async (row) => {
      try {
        return JSON.parse((await store.read(refOf(row))).toString('utf8')) as UploadNote;
      } catch (error) {
        if (error instanceof StoreError && error.httpStatus === 404) return undefined;
        throw error;
      }
    },
    write: async (row, note) => {
      await store.put(refOf(row), JSON.stringify(note), { contentType: 'application/json' });
    },
    forget: (row) => store.remove(refOf(row)),
  };
}
