import type { JobManifest } from '../../contracts/job';
import {
  csvForm,
  manifestRefusal,
  type ManifestSummary,
  scanCsv,
  type ScanProgress,
  sniffGzip,
  type SourceContext,
  storeOfManifest,
} from '../../manifests';

/** Where the batches of a CSV manifest begin, from one reading of it. Undefined for one that is packed: it has no ranges to read. */
export async function scanInPlace(
  { Location, Spec }: JobManifest,
  context: SourceContext,
  onProgress: (progress: ScanProgress) => void,
): Promise<ManifestSummary | undefined> {
  const { ref, store } = storeOfManifest(Location, context);
  try {
    const { body } = await store.readStream(ref, { ifMatch: Location.ETag, signal: context.signal });
    const sniffed = await sniffGzip(body);
    if (sniffed.isGzip) {
      await sniffed.body[Symbol.asyncIterator]().return?.();
      return undefined;
    }
    return await scanCsv(sniffed.body, {
      ...csvForm(Spec),
      file: Location.ObjectArn,
      batchRows: context.batchRows,
      countBuckets: true,
      onProgress,
    });
  } catch (error) {
    throw manifestRefusal(error, Location.ObjectArn, Location.ObjectVersionId);
  }
}
