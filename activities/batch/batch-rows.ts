import type { RunBatchInput } from '../../contracts/engine/activities';
import { DroverError } from '../../contracts/engine/failures';
import { isListBatch, workspaceKeys } from '../../contracts/engine/naming';
import type { JobManifest } from '../../contracts/job';
import {
  csvForm,
  decodeBatchRange,
  indexRange,
  type ManifestForm,
  manifestRefusal,
  type ManifestRow,
  parseBatch,
  type SourceContext,
  storeOfManifest,
} from '../../manifests';
import type { ReadRange } from '../../storage/object-store';
import type { JobSpec } from '../job-spec';
import { readListRows } from '../waiting/waiting-list';
import { ofWorkspace } from './of-workspace';
import { segmentsOf } from './segments-of';

interface BatchText {
  readonly bytes: Buffer;
  readonly form: ManifestForm;
}

/** The rows of one batch: 16 bytes of the index say which bytes of which manifest they are. */
export async function readBatchRows(
  input: Pick<RunBatchInput, 'workspace' | 'batch'>,
  { request, plan }: JobSpec,
  context: SourceContext,
): Promise<ManifestRow[]> {
  const { store, bucket } = context.workspace;
  if (isListBatch(input.batch)) return readListRows(store, input, input.batch, { signal: context.signal });
  const index = { bucket, key: workspaceKeys.index(input.workspace.prefix) };
  const { place, ...range } = decodeBatchRange(
    await store.read(index, { range: indexRange(input.batch), signal: context.signal }),
  );
  const { bytes, form } =
    place === 'segments'
      ? await readSegment(input, range, context)
      : await readInPlace(request.Manifest, range, context);
  return parseBatch(bytes, form.fields, input.batch * plan.batchRows, form);
}

async function readSegment(
  { workspace: { bucket, prefix } }: Pick<RunBatchInput, 'workspace'>,
  range: ReadRange,
  { workspace: { store }, signal }: SourceContext,
): Promise<BatchText> {
  const segments = await segmentsOf(store, { bucket, key: workspaceKeys.segmentTable(prefix) });
  const { key, range: within } = segments.find(range);
  const reading = store.read({ bucket, key }, { range: within, signal });
  return { bytes: await ofWorkspace(reading, `a segment of the manifest (bucket ${bucket})`), form: segments.form };
}

/** A manifest that changed under way must not be mixed with the one that was counted: the ETag holds for every range. */
async function readInPlace(
  manifest: JobManifest | undefined,
  range: ReadRange,
  context: SourceContext,
): Promise<BatchText> {
  if (manifest === undefined) {
    throw new DroverError('InternalError', 'The index counts bytes of a manifest, and the job has none');
  }
  const { Location, Spec } = manifest;
  const { store, ref } = storeOfManifest(Location, context);
  try {
    const bytes = await store.read(ref, { range, ifMatch: Location.ETag, signal: context.signal });
    return { bytes, form: csvForm(Spec) };
  } catch (error) {
    throw manifestRefusal(error, Location.ObjectArn, Location.ObjectVersionId);
  }
}
