import { DroverError } from '../../contracts/engine/failures';
import { generalRefusal } from '../../storage/refusals';
import { StoreError } from '../../storage/store-error';

/** What the workspace refuses is not about a task's object: no row may have it. `what` is refused, in words. */
export async function ofWorkspace<T>(request: Promise<T>, what: string): Promise<T> {
  try {
    return await request;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const message = `The workspace refused ${what}: ${error.told}`;
    // Out of reach, and not an answer that was lost: it would be taken for that of the object's store.
    if (error.passes) throw new StoreError(error.code, 0, message, { cause: error });
    throw (
      generalRefusal(error, 'workspace bucket') ?? new DroverError('WorkspaceNotWritable', message, { cause: error })
    );
  }
}
