export { parseBatch, type ManifestRow, type RefusedOutcome } from './csv-rows';
export { scanCsv, type ManifestSummary, type ScanOptions, type ScanProgress } from './csv-scan';
export { decodeManifestKey, type DecodedKey } from './key-encoding';
export { manifestColumns, manifestFieldsProblem, type ManifestColumns } from './manifest-fields';
export { manifestEtag, manifestRefusal } from './manifest-refusal';
export { decodeBatchRange, encodeIndex, indexRange } from './manifest-index';
