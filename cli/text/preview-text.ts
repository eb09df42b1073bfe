import type { PreviewCount, PreviewRow, PreviewTotals } from '../../contracts/preview';
import { bytesText } from '../../contracts/text/text';
import { count, table } from '../output';

/** Totals and first rows, for people. */
export function previewText(totals: PreviewTotals, rows: readonly PreviewRow[]): string {
  const sections = [totalsTable(totals), classTable(totals), sizeTable(totals), rowTable(rows, totals.objects)];
  return sections.filter((section) => section !== '').join('\n\n');
}

function totalsTable(totals: PreviewTotals): string {
  const { objects, untoldSizes, deleteMarkers, deleteMarkersLeftOut, asked } = totals;
  const rows: (readonly [string, string])[] = [
    ['Objects', count(objects)],
    ['Size', sizeText(totals)],
    ...(untoldSizes > 0 && untoldSizes < objects ? [['Size unknown', `${count(untoldSizes)} objects`] as const] : []),
    ...(deleteMarkers > 0 ? [['Delete markers', count(deleteMarkers)] as const] : []),
    ...(deleteMarkersLeftOut > 0 ? [['Delete markers left out', count(deleteMarkersLeftOut)] as const] : []),
    ...(asked > 0 ? [['Objects asked for by the filter', count(asked)] as const] : []),
  ];
  return table(rows);
}

function sizeText({ bytes }: PreviewCount): string {
  if (bytes === undefined) return 'unknown: the source does not tell it';
  return bytes < 1024 ? bytesText(bytes) : `${bytesText(bytes)} (${count(bytes)} bytes)`;
}

function classTable({ byStorageClass, untoldStorageClasses }: PreviewTotals): string {
  const known = Object.entries(byStorageClass).sort(([, a], [, b]) => b.objects - a.objects);
  if (known.length === 0) return '';
  const rows = known.map(([name, { objects, bytes }]) => [
    name,
    count(objects),
    bytes === undefined ? 'unknown' : bytesText(bytes),
  ]);
  const untold = untoldStorageClasses === 0 ? [] : [['unknown', count(untoldStorageClasses), '']];
  return table([['STORAGE CLASS', 'OBJECTS', 'BYTES'], ...rows, ...untold]);
}

function sizeTable({ bySize }: PreviewTotals): string {
  if (bySize.length === 0) return '';
  const rows = bySize.map(({ fromBytes, belowBytes, objects, bytes }) => [
    belowBytes === undefined ? `${bytesText(fromBytes)} and more` : `below ${bytesText(belowBytes)}`,
    count(objects),
    bytesText(bytes),
  ]);
  return table([['SIZE', 'OBJECTS', 'BYTES'], ...rows]);
}

function rowTable(rows: readonly PreviewRow[], objects: number): string {
  if (rows.length === 0) return '';
  const hasVersions = rows.some(({ versionId }) => versionId !== undefined);
  const lines = rows.map((row) => [
    row.bucket,
    row.key,
    ...(hasVersions ? [row.versionId ?? ''] : []),
    row.size === undefined ? '' : bytesText(row.size),
    row.lastModified ?? '',
    row.isDeleteMarker === true ? 'delete marker' : (row.storageClass ?? ''),
  ]);
  const heading = ['BUCKET', 'KEY', ...(hasVersions ? ['VERSION'] : []), 'SIZE', 'LAST MODIFIED', 'STORAGE CLASS'];
  const rest = objects - rows.length;
  return `${table([heading, ...lines])}${rest > 0 ? `\n… and ${count(rest)} more` : ''}`;
}
