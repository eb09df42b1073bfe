import { randomBytes } from 'node:crypto';
import type { JobRef } from '../../contracts/engine/activities';
import { workspaceKeys } from '../../contracts/engine/naming';
import type { JsonObject } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { TaskNotes } from '../../operations/operation';
import type { ListObjectsInput, ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { ofWorkspace } from './of-workspace';

const WHAT = 'the note of a task';

interface Line {
  readonly row: number;
  readonly note: JsonObject;
}

/**
 * Notes of the tasks of one batch: objects in the workspace with a line for each. Every attempt writes objects of its own, so
 * that one which should be dead takes nothing from its successor.
 */
export function taskNotes(store: ObjectStore, { workspace }: JobRef, batch: number): TaskNotes {
  const place = { store, bucket: workspace.bucket, prefix: workspaceKeys.taskNotes(workspace.prefix, batch) };
  const own = new OwnNotes(place);
  const former = new FormerNotes(place, own.token);
  return {
    find: (row, { anew } = { anew: false }) => ofWorkspace(former.find(row, anew), WHAT),
    write: (row, note) => ofWorkspace(own.write({ row, note }), WHAT),
  };
}

interface Place {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly prefix: string;
}

/** One request has all the notes that came while the former one was under way. */
class OwnNotes {
  readonly token = randomBytes(6).toString('hex');
  private number = 0;
  private text = '';
  private writing: Promise<unknown> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(private readonly place: Place) {}

  write(line: Line): Promise<void> {
    this.text += `${JSON.stringify(line)}\n`;
    this.next ??= this.writing.then(() => {
      this.next = undefined;
      const written = this.put();
      this.writing = written.catch(() => undefined);
      return written;
    });
    return this.next;
  }

  private async put(): Promise<void> {
    const { store, bucket, prefix } = this.place;
    const key = `${prefix}${this.token}-${this.number}.jsonl`;
    const body = this.text;
    if (body.length >= LIMITS.batch.taskNotesObjectBytes) {
      this.number += 1;
      this.text = '';
    }
    await store.put({ bucket, key }, body, { contentType: 'application/jsonl' });
  }
}

/** What the other attempts have written. */
class FormerNotes {
  private notes = new Map<number, JsonObject[]>();
  private reading: Promise<void> | undefined;
  private next: Promise<void> | undefined;

  constructor(
    private readonly place: Place,
    private readonly ownToken: string,
  ) {}

  async find(row: number, anew: boolean): Promise<readonly JsonObject[]> {
    await (anew ? this.readAnew() : (this.reading ?? this.readAnew()));
    return this.notes.get(row) ?? [];
  }

  /** A reading that is under way may have begun too early: all who come meanwhile share the one after it. */
  private readAnew(): Promise<void> {
    this.next ??= Promise.resolve(this.reading?.catch(() => undefined)).then(() => {
      this.next = undefined;
      const reading = this.read();
      this.reading = reading;
      // What failed is tried again by the next who asks.
      reading.catch(() => (this.reading = undefined));
      return reading;
    });
    return this.next;
  }

  private async read(): Promise<void> {
    const { store, bucket, prefix } = this.place;
    const notes = new Map<number, JsonObject[]>();
    let page: Pick<ListObjectsInput, 'ContinuationToken'> | undefined = {};
    while (page) {
      const { objects, next } = await store.listObjects({ Bucket: bucket, Prefix: prefix, ...page });
      for (const { key } of objects) {
        if (key.startsWith(prefix + this.ownToken)) continue;
        for (const { row, note } of await readLines(store, { bucket, key })) {
          notes.set(row, [...(notes.get(row) ?? []), note]);
        }
      }
      page = next;
    }
    this.notes = notes;
  }
}

async function readLines(store: ObjectStore, ref: ObjectRef): Promise<Line[]> {
  try {
    const lines = (await store.read(ref)).toString('utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Line);
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) return [];
    throw error;
  }
}
