import type { Task } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import type { ObjectProperties } from '../../../storage/object-store';
import type { OperationContext } from '../../operation';

/**
 * What is known of a task when one of its steps begins: written before a step after which the objects could no longer tell,
 * so that the task is gone on with, and not begun again, when its run is cut off.
 */
export interface PipelineNote {
  /** The step that is about to be carried out. */
  readonly step: number;
  /** The steps before it that were applied, and what they said. */
  readonly done: readonly DoneStep[];
  /** State of the manifest's object for which the condition of the whole pipeline held. */
  readonly source?: string;
}

export type DoneStep = readonly [step: number, message: string];

export async function findNotes(
  { notes }: Pick<OperationContext, 'notes'>,
  { row }: Task,
  options?: { readonly anew: boolean },
): Promise<readonly PipelineNote[]> {
  return (await notes.find(row, options)) as unknown as readonly PipelineNote[];
}

export async function writeNote(
  { notes }: Pick<OperationContext, 'notes'>,
  { row }: Task,
  note: PipelineNote,
): Promise<void> {
  await notes.write(row, note as unknown as JsonObject);
}

/** That of the run which came farthest. */
export function farthest(notes: readonly PipelineNote[]): PipelineNote | undefined {
  return notes.reduce<PipelineNote | undefined>(
    (best, note) => (best === undefined || note.step > best.step ? note : best),
    undefined,
  );
}

/** State of an object whose store tells neither ETag nor time: the same as no other, not even itself. */
export const UNKNOWN_STATE = 'unknown';

/** The same for the same content; tags, locks and the like may have changed. */
export function stateOf({ etag, contentLength, lastModified }: ObjectProperties): string {
  if (contentLength === undefined || (etag === '' && lastModified === undefined)) return UNKNOWN_STATE;
  return `${etag === '' ? (lastModified?.toISOString() ?? '') : etag} ${contentLength}`;
}
