import type { ManifestField } from '../../contracts/job';
import { BucketCounts, type BucketRows } from '../segments/bucket-counts';
import { manifestColumns } from './manifest-fields';
import { splitRows } from './split-rows';

const LINE_FEED = 0x0a;
const COMMA = 0x2c;
const QUOTE = 0x22;

/** How many rows of a text, which are whole and were let pass by a scan, name which bucket. */
export function textBuckets(bytes: Buffer, fields: readonly ManifestField[]): BucketRows[] {
  const counts = new BucketCounts();
  const { bucket: column } = manifestColumns(fields);
  if (column === 0 && !bytes.includes(QUOTE)) countFirstColumn(bytes, counts);
  else splitRows(bytes.toString('utf8'), (record) => counts.add(record[column] ?? ''));
  return counts.toArray();
}

/** Most rows name the bucket of the row before: its bytes are compared, and no text is made of them. */
function countFirstColumn(bytes: Buffer, counts: BucketCounts): void {
  let bucketStart = 0;
  let bucketEnd = -1;
  let rows = 0;
  const flush = (): void => {
    if (rows > 0) counts.add(bytes.toString('utf8', bucketStart, bucketEnd), rows);
    rows = 0;
  };
  for (let at = 0; at < bytes.length;) {
    if (!isSame(bytes, at, bucketStart, bucketEnd)) {
      flush();
      bucketStart = at;
      bucketEnd = bytes.indexOf(COMMA, at);
    }
    rows++;
    const feed = bytes.indexOf(LINE_FEED, at);
    at = feed < 0 ? bytes.length : feed + 1;
  }
  flush();
}

function isSame(bytes: Buffer, at: number, bucketStart: number, bucketEnd: number): boolean {
  const length = bucketEnd - bucketStart;
  if (bucketEnd < 0 || bytes[at + length] !== COMMA) return false;
  for (let index = 0; index < length; index++) if (bytes[at + index] !== bytes[bucketStart + index]) return false;
  return true;
}
