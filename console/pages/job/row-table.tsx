import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { ReportRow } from '../../client/reports';

interface RowTableProps {
  readonly rows: readonly ReportRow[];
  readonly label: string;
}

/** Before a row is drawn: two lines of small text. Drawn ones are measured. */
const ROW_PX = 52;

/** Rows of a report. Those alone that are in sight are in the page, so that many cost no more than few. */
export function RowTable({ rows, label }: RowTableProps) {
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  const shown = virtual.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <div ref={frame} className="table-frame row-frame" role="region" aria-label={label} tabIndex={0}>
      <table className="table small" aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            <th scope="col">Object</th>
            <th scope="col">Code</th>
            <th scope="col">Message</th>
          </tr>
        </thead>
        <tbody>
          <Space height={above} />
          {shown.map(({ index }) => (
            <tr key={index} ref={virtual.measureElement} data-index={index} aria-rowindex={index + 2}>
              <Cells row={rows[index]} />
            </tr>
          ))}
          <Space height={below} />
        </tbody>
      </table>
    </div>
  );
}

/** In place of the rows that are not in sight. */
function Space({ height }: { readonly height: number }) {
  return height > 0 ? <tr aria-hidden="true" className="row-space" style={{ height }} /> : null;
}

function Cells({ row }: { readonly row: ReportRow | undefined }) {
  if (row === undefined) return null;
  return (
    <>
      <td className="mono row-object">
        s3://{row.bucket}/{row.key}
        {row.versionId !== undefined && <div className="muted">version {row.versionId}</div>}
      </td>
      <td>
        {row.httpStatus} {row.code}
      </td>
      <td>{row.message}</td>
    </>
  );
}
