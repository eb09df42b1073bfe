export { parseBatch, type ManifestRow, type RefusedOutcome } from './csv/csv-rows';
export { scanCsv, type ManifestSummary, type ScanProgress } from './csv/csv-scan';
export type { CsvSegment } from './csv/segment-cutter';
export { decodeManifestKey } from './csv/key-encoding';
export { manifestFieldsProblem } from './csv/manifest-fields';
export { sniffGzip } from './csv/gunzipped';
export { checkPatterns, checkSelectOf } from './check-request';
export { textBuckets } from './csv/text-buckets';
export { dropRows } from './duplicates/drop-rows';
export { findDuplicates, type Duplicates } from './duplicates/find-duplicates';
export { rowBlocks } from './duplicates/row-blocks';
export { seededHash } from './duplicates/row-hash';
export { openRowFilter } from './filters/rows/row-filter';
export { formOfJob } from './form-of-job';
export { canonicalRow } from './segments/canonical-row';
export { splitRows } from './csv/split-rows';
export { inventoryManifestOf, type WrittenFile } from './inventory/write-manifest';
export { ListingUntrustworthy } from './listing';
export { manifestEtag, manifestRefusal } from './manifest-refusal';
export { decodeBatchRange, encodeIndex, indexRange } from './manifest-index';
export { BucketCounts, type BucketRows } from './segments/bucket-counts';
export {
  decodeFlushes,
  decodePartState,
  type Flush,
  NEW_PART,
  NO_COUNTS,
  type PartCounts,
  type PartState,
  toldCounts,
} from './segments/part-state';
export { PartMeter } from './segments/part-meter';
export { PartWriter } from './segments/part-writer';
export { type ReadPart, type SealedManifest, sealManifest } from './segments/seal';
export { decodeSegmentTable, encodeSegmentTable, type ManifestForm, SegmentMap } from './segments/segment-table';
export {
  checkFound,
  duplicatesOf,
  filtersOf,
  manifestInPlace,
  openPart,
  partFile,
  planSource,
  selectByStoreOf,
} from './sources';
export { csvForm } from './sources/csv';
export type { SourceRow } from './sources/row';
export type { FormerJob, PlannedParts, RowSink, SourceContext, SourceMeter } from './sources/source';
export { storeOfManifest } from './store-of-manifest';
