import type { PreparedManifest, SealManifestInput } from '../../contracts/activities';
import { workspaceKeys } from '../../contracts/naming';
import { encodeIndex, encodeSegmentTable, type ReadPart, checkFound, sealManifest } from '../../manifests';
import type { ActivityDependencies } from '../dependencies';
import type { JobSpecs } from '../job-spec';
import { underLease } from '../lease';
import { precheckOperation } from '../precheck';
import { writeGeneratedManifest } from './generated-manifest';
import { SourceStore } from './source-store';

/** Parts read at a time: each has up to some megabytes. */
const READ_AT_A_TIME = 16;

/** Makes one manifest of the parts of a source: the table of its segments, and the index of its batches. */
export function sealManifestActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function seal(input: SealManifestInput): Promise<PreparedManifest> {
    return underLease(dependencies, input.jobId, async ({ stores, signal }) => {
      const spec = await specs.load(input);
      const { prefix } = input.workspace;
      const store = new SourceStore(stores.workspace(), input.workspace, input.plan, signal);
      const { form } = await store.parts();
      const { table, offsets, rows } = sealManifest(await readParts(store, input.attempts), form);
      const batches = offsets.length - 1;
      checkFound(spec.request, rows);
      if (batches === 0) return { totalTasks: 0, batches: 0 };
      await store.put(workspaceKeys.segmentTable(prefix), encodeSegmentTable(table), 'the table of segments');
      await store.put(workspaceKeys.index(prefix), encodeIndex(offsets, 'segments'), 'the index of the manifest');
      const role = stores.forRole(spec.request.RoleArn, spec.account);
      await precheckOperation(stores, role, input, spec, signal);
      const written = await writeGeneratedManifest(input, spec, role, stores.workspace(), table.objects, signal);
      return { totalTasks: rows, batches, ...(written && { generatedManifest: written }) };
    });
  };
}

async function readParts(store: SourceStore, attempts: readonly string[]): Promise<ReadPart[]> {
  const parts: ReadPart[] = [];
  const readPart = async (attempt: string, part: number): Promise<ReadPart> => {
    const end = await store.end(part, attempt);
    return { ...end, flushes: await store.flushes(end) };
  };
  for (let first = 0; first < attempts.length; first += READ_AT_A_TIME) {
    const some = attempts.slice(first, first + READ_AT_A_TIME);
    parts.push(...(await Promise.all(some.map((attempt, index) => readPart(attempt, first + index)))));
  }
  return parts;
}
