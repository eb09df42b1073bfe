import { decodeSegmentTable, SegmentMap } from '../../manifests';
import type { ObjectRef, ObjectStore } from '../../storage/object-store';
import { Remembered } from '../remembered';
import { ofWorkspace } from './of-workspace';

/** Tables that a worker remembers: it serves a few jobs at a time, and one of billions of rows has some megabytes. */
const REMEMBERED_MAX = 20;

const remembered = new Remembered<SegmentMap>(REMEMBERED_MAX);

/** Where the segments of a job's manifest lie: read once by each worker, since a table does not change. */
export function segmentsOf(store: ObjectStore, table: ObjectRef): Promise<SegmentMap> {
  return remembered.get(table.key, () => read(store, table));
}

/** Without the signal of one attempt: others wait for it, too. */
async function read(store: ObjectStore, table: ObjectRef): Promise<SegmentMap> {
  const bytes = await ofWorkspace(store.read(table), `the table of segments (bucket ${table.bucket})`);
  return new SegmentMap(decodeSegmentTable(bytes.toString('utf8')));
}
