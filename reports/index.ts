export { openPartRef, openPartToken, partRef, readIfThere, recordedBatch } from './batch-record';
export {
  buildManifest,
  manifestKey,
  manifestMd5,
  manifestMd5Key,
  reportPrefix,
  resultKey,
  type ResultName,
} from './completion-report';
export { PartBuilder, partScope } from './part-builder';
export {
  compactParts,
  md5Hex,
  putReportObject,
  reportRefusal,
  type CompactOptions,
  type CompactProgress,
  type ReportFile,
  type ReportStatus,
} from './report-files';
export {
  decodePart,
  encodePart,
  slicePart,
  type PartScope,
  type PartSection,
  type PartSections,
  type PendingTask,
  type ReportPart,
} from './report-part';
export { formatRow, type FinalOutcome } from './report-row';
