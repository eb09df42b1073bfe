import { parse } from 'csv-parse/sync';
import type { ManifestColumns } from './manifest-fields';

/** What the first row of a manifest is. A header with other names may stand for other columns than the request says. */
export type FirstRow = 'task' | 'header' | 'otherHeader';

const BUCKET_NAMES = ['bucket'];
const KEY_NAMES = ['key', 'object', 'file', 'path', 'name'];
/** What a header may have besides: `S3 Bucket Name`, `source_bucket`, `# Bucket`, `Keys`. The plural's s comes last. */
const BESIDES = ['source', 'src', 'name', 's3', ' ', '_', '-', '.', '#', 's'];

/**
 * A header is no part of AWS's format (there it becomes a task that fails), but the tools that write CSV like to put one.
 * `header`: `bucket` under Bucket and `key` under Key, in any case, blanks around them or not. `otherHeader`: names like
 * these (`bucket_name,object_key`, `S3 Bucket,Path`), or with the columns interchanged.
 */
export function firstRowKind(text: string, { bucket, key }: ManifestColumns): FirstRow {
  const row = (parse(text, { relax_column_count: true, to: 1 })[0] ?? []).map((cell) => cell.trim().toLowerCase());
  const [underBucket = '', underKey = ''] = [row[bucket], row[key]];
  if (underBucket === 'bucket' && underKey === 'key') return 'header';
  const isOther =
    (isNamed(underBucket, BUCKET_NAMES) && isNamed(underKey, KEY_NAMES)) ||
    (isNamed(underKey, BUCKET_NAMES) && isNamed(underBucket, KEY_NAMES));
  return isOther ? 'otherHeader' : 'task';
}

/** True when the cell has one of the names, and nothing but names and what may stand beside them. */
function isNamed(cell: string, names: readonly string[]): boolean {
  if (!names.some((name) => cell.includes(name))) return false;
  return [...names, ...BESIDES].reduce((rest, word) => rest.replaceAll(word, ''), cell) === '';
}
