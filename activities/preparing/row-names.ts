import { type ManifestForm, parseBatch, partFile, type PlannedParts, type ReadPart, rowBlocks } from '../../manifests';

/** How a row of a manifest that was made of parts is called in messages: by its file, where the part has one, and its number there. */
export class RowNames {
  /** The first row of each part, then the end of the last. */
  private readonly firstRows: number[] = [0];

  constructor(
    private readonly plan: PlannedParts,
    parts: readonly ReadPart[],
  ) {
    let end = 0;
    for (const { counts } of parts) this.firstRows.push((end += counts.rows));
  }

  /** `row` counts from 0. A header row is not counted: it names no object. */
  of(row: number): string {
    const part = this.firstRows.findIndex((_, index) => row < (this.firstRows[index + 1] ?? Infinity));
    const file = partFile(this.plan, part);
    if (file === undefined) return `row ${row + 1}`;
    const own = row - (this.firstRows[part] ?? 0) + 1;
    return this.plan.parts.length === 1 ? `row ${own}` : `row ${own} of ${file}`;
  }
}

/** What rows name, as `s3://bucket/key`. `rows` in ascending order. */
export async function objectsOf(
  rows: readonly number[],
  pieces: AsyncIterable<Buffer>,
  form: ManifestForm,
  signal: AbortSignal,
): Promise<string[]> {
  const names: string[] = [];
  for await (const { bytes, ends, count, firstRow } of rowBlocks(pieces, signal)) {
    for (let row = rows[names.length]; row !== undefined && row < firstRow + count; row = rows[names.length]) {
      const index = row - firstRow;
      const text = bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]);
      names.push(...parseBatch(text, form.fields, row, form).map(({ task }) => nameOf(task)));
    }
    if (names.length === rows.length) break;
  }
  return names;
}

function nameOf({
  bucket,
  key,
  versionId,
}: {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}): string {
  return `s3://${bucket}/${key}${versionId === undefined ? '' : ` (version ${versionId})`}`;
}
