import type { PreparedManifest, SealManifestInput } from '../../contracts/engine/activities';
import { workspaceKeys } from '../../contracts/engine/naming';
import { sourceText } from '../../contracts/text/source-text';
import {
  BucketCounts,
  type BucketRows,
  checkFound,
  duplicatesOf,
  encodeIndex,
  encodeSegmentTable,
  type ReadPart,
  sealManifest,
} from '../../manifests';
import { inLanes } from '../../storage/http/in-lanes';
import type { ActivityDependencies } from '../dependencies';
import type { JobSpec, JobSpecs } from '../job-spec';
import { type Leased, underLease } from '../lease';
import { precheckOperation } from '../precheck';
import { treatDuplicates, type Treated } from './duplicates';
import { writeGeneratedManifest } from './generated-manifest';
import { checkSomeAllowed, refusedRows } from './refused-rows';
import { RowNames } from './row-names';
import { SourceStore } from './source-store';

/** Parts read at a time: each has up to some megabytes. */
const READ_AT_A_TIME = 16;

/**
 * Makes one manifest of the parts of a source: the table of its segments, and the index of its batches. Looks before at what
 * concerns all rows together: their buckets, and whether they name objects twice.
 */
export function sealManifestActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function sealParts(input: SealManifestInput): Promise<PreparedManifest> {
    return underLease(dependencies, input.jobId, (leased) => seal(specs, input, leased));
  };
}

async function seal(specs: JobSpecs, input: SealManifestInput, { stores, signal }: Leased): Promise<PreparedManifest> {
  const spec = await specs.load(input);
  const role = stores.forRole(spec.request.RoleArn, spec.account);
  const { prefix } = input.workspace;
  const store = new SourceStore(stores.workspace(), input.workspace, input.plan, signal);
  const plan = await store.parts();
  const parts = await readParts(store, input.attempts, signal);
  const whole = sealManifest(parts, plan.form);
  checkFound(spec.request, whole.rows);
  const counted = bucketsOf(parts);
  const refused = refusedRows(role, spec.operation(), counted);
  checkSomeAllowed(refused, whole.rows, sourceText(spec.request).text);
  if (whole.rows === 0) return { totalTasks: 0, batches: 0, ...ofDuplicates(spec, 0) };
  const names = new RowNames(plan, parts);
  const searched = { store, sealed: whole, batchRows: spec.plan.batchRows, prefix, names, signal };
  const { sealed, duplicates, buckets = counted } = await treated(spec, searched);
  const { table, offsets, rows } = sealed;
  await store.put(workspaceKeys.segmentTable(prefix), encodeSegmentTable(table), 'the table of segments');
  await store.put(workspaceKeys.index(prefix), encodeIndex(offsets, 'segments'), 'the index of the manifest');
  await precheckOperation(stores, role, input, spec, signal);
  const written = await writeGeneratedManifest(input, spec, role, stores.workspace(), table.objects, signal);
  const { rows: willFail } = refusedRows(role, spec.operation(), buckets);
  return {
    totalTasks: rows,
    batches: offsets.length - 1,
    ...(written && { generatedManifest: written }),
    ...ofDuplicates(spec, duplicates),
    ...(willFail > 0 && { refusedRows: willFail }),
  };
}

async function treated({ request }: JobSpec, searched: Parameters<typeof treatDuplicates>[1]): Promise<Treated> {
  const what = duplicatesOf(request);
  return what === 'Keep' ? { sealed: searched.sealed, duplicates: 0 } : treatDuplicates(what, searched);
}

/** Told where somebody asked: nobody has counted them otherwise. */
function ofDuplicates({ request }: JobSpec, duplicates: number): Pick<PreparedManifest, 'duplicates'> {
  return duplicatesOf(request) === 'Keep' ? {} : { duplicates };
}

function bucketsOf(parts: readonly ReadPart[]): BucketRows[] {
  const counts = new BucketCounts();
  for (const { buckets = [] } of parts) for (const [bucket, rows] of buckets) counts.add(bucket, rows);
  return counts.toArray();
}

async function readParts(store: SourceStore, attempts: readonly string[], signal: AbortSignal): Promise<ReadPart[]> {
  const parts: ReadPart[] = [];
  await inLanes(attempts, READ_AT_A_TIME, signal, async (attempt, part) => {
    const end = await store.end(part, attempt);
    parts[part] = { ...end, flushes: await store.flushes(end) };
  });
  return parts;
}
