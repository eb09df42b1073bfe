import type { Preview, PreviewRow, PreviewTotals } from '../../client/preview';
import type { JsonObject } from '../../form/json';
import { bytesText } from '../../form/quantity';
import { grouped } from '../../parts/numbers';
import { Problem } from '../../parts/problem';
import { Time } from '../../parts/time';
import { keyOf, type PreviewHandle } from './use-preview';

interface PreviewPanelProps {
  readonly preview: PreviewHandle;
  /** Undefined: the source is not said yet. */
  readonly source: JsonObject | undefined;
  /** Says what is missing of the source. */
  readonly onMissing: () => void;
}

/** The first rows of the source as it is written, and how many there are. */
export function PreviewPanel({ preview, source, onMissing }: PreviewPanelProps) {
  const { of, known, error, read } = preview;
  const isOld = of !== undefined && (source === undefined || of !== keyOf(source));
  return (
    <div className="stack-close">
      <div className="row">
        <button type="button" className="button" onClick={() => (source === undefined ? onMissing() : read(source))}>
          {of === undefined ? 'Preview' : 'Preview again'}
        </button>
        <p role="status" className="muted">
          {isOld ? 'The source has changed since.' : progressText(preview)}
        </p>
      </div>
      {error !== undefined && !isOld && <Problem error={error} />}
      {known !== undefined && !isOld && <Known known={known} />}
    </div>
  );
}

function progressText({ of, known, error }: PreviewHandle): string {
  if (of === undefined || error !== undefined || known?.totals !== undefined) return '';
  return known === undefined ? 'Reading …' : `${grouped(known.read)} read, ${grouped(known.passed)} objects so far …`;
}

function Known({ known: { rows, totals } }: { readonly known: Preview }) {
  return (
    <>
      {totals !== undefined && <Totals totals={totals} />}
      {rows.length > 0 && <Rows rows={rows} more={(totals?.objects ?? rows.length) - rows.length} />}
    </>
  );
}

function Totals({ totals }: { readonly totals: PreviewTotals }) {
  const { objects, bytes, deleteMarkers, deleteMarkersLeftOut, asked, byStorageClass } = totals;
  const facts = [
    ['Objects', grouped(objects)],
    ['Size', bytes === undefined ? 'not told by the source' : bytesText(bytes)],
    ...Object.entries(byStorageClass).map(([name, { objects: count }]) => [name, grouped(count)]),
    ...(deleteMarkers > 0 ? [['Delete markers', grouped(deleteMarkers)]] : []),
    ...(deleteMarkersLeftOut > 0 ? [['Delete markers left out', grouped(deleteMarkersLeftOut)]] : []),
    ...(asked > 0 ? [['Asked for by the filter', grouped(asked)]] : []),
  ];
  return (
    <dl className="new-job-totals">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt className="small muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Rows({ rows, more }: { readonly rows: readonly PreviewRow[]; readonly more: number }) {
  const hasVersions = rows.some(({ versionId }) => versionId !== undefined);
  return (
    <div className="table-frame" role="region" aria-label="First objects" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Object</th>
            {hasVersions && <th scope="col">Version</th>}
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col" className="wide-only">
              Last modified
            </th>
            <th scope="col" className="wide-only">
              Class
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.bucket}/${row.key} ${row.versionId ?? ''}`}>
              <td className="mono new-job-key">
                {row.bucket}/{row.key}
              </td>
              {hasVersions && <td className="mono">{row.versionId}</td>}
              <td className="number">{row.size === undefined ? '' : bytesText(row.size)}</td>
              <td className="wide-only">{row.lastModified !== undefined && <Time at={row.lastModified} />}</td>
              <td className="wide-only">{row.isDeleteMarker === true ? 'delete marker' : row.storageClass}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && <p className="small muted new-job-more">and {grouped(more)} more</p>}
    </div>
  );
}
