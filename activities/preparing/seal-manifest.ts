import type { JobRef, PreparedManifest } from '../../contracts/activities';
import { DroverError } from '../../contracts/failures';
import { workspaceKeys } from '../../contracts/naming';
import {
  encodeIndex,
  encodeSegmentTable,
  type PartState,
  type PlannedParts,
  checkFound,
  sealManifest,
} from '../../manifests';
import type { ActivityDependencies } from '../dependencies';
import type { JobSpecs } from '../job-spec';
import { underLease } from '../lease';
import { precheckOperation } from '../precheck';
import { writeGeneratedManifest } from './generated-manifest';
import { SourceStore } from './source-store';

/** States read at a time: each has some hundred kilobytes. */
const READ_AT_A_TIME = 16;

/** Makes one manifest of the parts of a source: the table of its segments, and the index of its batches. */
export function sealManifestActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function seal(input: JobRef): Promise<PreparedManifest> {
    return underLease(dependencies, input.jobId, async ({ stores, signal }) => {
      const spec = await specs.load(input);
      const { prefix } = input.workspace;
      const store = new SourceStore(stores.workspace(), input.workspace, signal);
      const plan = await store.plan();
      const { table, offsets, rows } = sealManifest(await readStates(store, plan), plan.form);
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

async function readStates(store: SourceStore, plan: PlannedParts): Promise<PartState[]> {
  const numbers = plan.parts.map((_, part) => part);
  const states: PartState[] = [];
  for (let first = 0; first < numbers.length; first += READ_AT_A_TIME) {
    const some = numbers.slice(first, first + READ_AT_A_TIME);
    states.push(...(await Promise.all(some.map((part) => store.state(plan, part)))));
  }
  const undone = states.findIndex(({ done }) => !done);
  if (undone >= 0) throw new DroverError('InternalError', `Part ${undone} of the source has not been read to its end`);
  return states;
}
