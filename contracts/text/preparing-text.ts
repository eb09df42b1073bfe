import type { PreparingProgress, RowCounts } from '../job';
import { bytesText, grouped } from './text';

const OPTIONAL = ['bytes', 'pages', 'files'] as const;

/** What several activities have read of one source. A member that none of them tells is absent. */
export function sumOfCounts(all: readonly RowCounts[]): RowCounts {
  const sum = (member: keyof RowCounts): number => all.reduce((total, one) => total + (one[member] ?? 0), 0);
  const told = OPTIONAL.filter((member) => all.some((one) => one[member] !== undefined));
  return { read: sum('read'), rows: sum('rows'), ...Object.fromEntries(told.map((member) => [member, sum(member)])) };
}

/** What has been read of a source, in a line for people. */
export function preparingText({
  read,
  rows,
  bytes,
  pages,
  files,
  filesTotal,
  parts,
  partsDone,
}: PreparingProgress): string {
  return [
    `${grouped(read)} rows read`,
    ...(read === rows ? [] : [`${grouped(rows)} pass`]),
    ...(filesTotal === undefined ? [] : [`${grouped(files ?? 0)} of ${grouped(filesTotal)} files`]),
    ...(bytes === undefined ? [] : [bytesText(bytes)]),
    ...(pages === undefined ? [] : [`${grouped(pages)} pages`]),
    ...(parts === 1 ? [] : [`${partsDone} of ${parts} parts`]),
  ].join(', ');
}
