import type { ReportRow } from '../../client/reports';

export function RowTable({ rows, label }: { readonly rows: readonly ReportRow[]; readonly label: string }) {
  return (
    <div className="table-frame row-frame" role="region" aria-label={label} tabIndex={0}>
      <table className="table small">
        <thead>
          <tr>
            <th scope="col">Object</th>
            <th scope="col">Code</th>
            <th scope="col">Message</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              <td className="mono row-object">
                s3://{row.bucket}/{row.key}
                {row.versionId !== undefined && <div className="muted">version {row.versionId}</div>}
              </td>
              <td>
                {row.httpStatus} {row.code}
              </td>
              <td>{row.message}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
