import { DroverError } from '../contracts/engine/failures';
import type { JobFilter, JobSource } from '../contracts/source';
import { globProblem } from '../patterns/compile';
import { bindFilter } from './filters';
import { checkSelect } from './select';
import { checkSelectBy } from './select-by-store';

interface Checked {
  readonly Source?: JobSource;
  readonly Filter?: JobFilter;
}

/**
 * Compiles the patterns of a source and its filter, so that a mistake is told before there is a job.
 *
 * @throws DroverError BadRequestException that names the member and what is wrong with it.
 */
export function checkPatterns(request: Checked): void {
  const { Source, Filter } = request;
  if (Filter !== undefined) bindFilter(Filter, Date.now());
  checkSelectBy(request);
  if (Source === undefined || !('Manifests' in Source)) return;
  for (const [index, location] of Source.Manifests.Locations.entries()) {
    if (!('KeyPattern' in location)) continue;
    const problem = globProblem(location.KeyPattern);
    if (problem === undefined) continue;
    const member = `Source.Manifests.Locations.${index}.KeyPattern`;
    throw new DroverError('BadRequestException', `${member}: ${JSON.stringify(location.KeyPattern)}: ${problem}`);
  }
}

/** Checks the `Select` of a filter, if it has one, as `checkSelect` does: DuckDB parses it. */
export async function checkSelectOf({ Filter }: Checked): Promise<void> {
  if (Filter?.Select !== undefined) await checkSelect(Filter.Select);
}
