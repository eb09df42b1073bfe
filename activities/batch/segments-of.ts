import { decodeSegmentTable, SegmentMap } from '../../manifests';
import type { ObjectRef, ObjectStore } from '../../storage/object-store';
import { ofWorkspace } from './of-workspace';

/** Tables that a worker remembers: it serves a few jobs at a time, and one of billions of rows has some megabytes. */
const REMEMBERED_MAX = 20;

const remembered = new Map<string, Promise<SegmentMap>>();

/** Where the segments of a job's manifest lie: read once by each worker, since a table does not change. */
export function segmentsOf(store: ObjectStore, table: ObjectRef): Promise<SegmentMap> {
  const known = remembered.get(table.key);
  if (known) return known;
  const reading = read(store, table);
  const [oldest] = remembered.keys();
  if (remembered.size >= REMEMBERED_MAX && oldest !== undefined) remembered.delete(oldest);
  remembered.set(table.key, reading);
  // A failed read must not be remembered.
  reading.catch(() => remembered.delete(table.key));
  return reading;
}

/** Without the signal of one attempt: others wait for it, too. */
async function read(store: ObjectStore, table: ObjectRef): Promise<SegmentMap> {
  const bytes = await ofWorkspace(store.read(table), `the table of segments (bucket ${table.bucket})`);
  return new SegmentMap(decodeSegmentTable(bytes.toString('utf8')));
}
