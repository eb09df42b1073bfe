import type { JobManifest } from '../../contracts/job';
import type { JobFilter, JobSource } from '../../contracts/source';
import { badFilter } from '../filters/common/refusal';
import { parseSelect } from '../select';
import type { SourceContext } from '../sources/source';
import { printForStore, type StoreColumns } from './print';
import { notByStore } from './refusal';

export { csvStoreColumns, inventoryStoreColumns } from './columns';
export { inOrder } from './in-order';
export { selectedText } from './selected-text';

/**
 * What the stores of a source's files are to select, as S3 Select's SQL; undefined when Drover alone selects. Rejects with
 * BadRequestException that names SelectBy.
 */
export async function selectForStore(
  { selectByStore, nowMs }: Pick<SourceContext, 'selectByStore' | 'nowMs'>,
  columnsOf: () => StoreColumns,
): Promise<string | undefined> {
  if (selectByStore === undefined) return undefined;
  const sql = printForStore(await parseSelect(selectByStore), columnsOf(), nowMs);
  if (sql !== undefined) return sql;
  throw notByStore('nothing of the expression means the same to S3 Select over the columns of this list');
}

interface Checked {
  readonly Manifest?: Pick<JobManifest, 'Spec'>;
  readonly Source?: JobSource;
  readonly Filter?: JobFilter;
}

/** Throws BadRequestException where there is nothing for a store to select. */
export function checkSelectBy({ Manifest, Source, Filter }: Checked): void {
  if (Filter?.SelectBy === undefined) return;
  if (Filter.Select === undefined) throw badFilter('SelectBy', 'there is no Select');
  const isOfFiles = Manifest !== undefined || (Source !== undefined && 'Manifests' in Source);
  if (Filter.SelectBy === 'Store' && !isOfFiles) {
    throw notByStore('the source must be a CSV manifest or a CSV inventory');
  }
}
