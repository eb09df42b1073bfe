import type { UploadNote, UploadNotes } from '../../../operations/operation';

export class MemoryUploadNotes implements UploadNotes {
  readonly notes = new Map<number, UploadNote>();

  find(row: number): Promise<UploadNote | undefined> {
    return Promise.resolve(this.notes.get(row));
  }

  write(row: number, note: UploadNote): Promise<void> {
    this.notes.set(row, note);
    return Promise.resolve();
  }

  forget(row: number): Promise<void> {
    this.notes.delete(row);
    return Promise.resolve();
  }
}
