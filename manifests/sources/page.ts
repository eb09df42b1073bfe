import type { Json } from '../../contracts/job';
import type { SourceRow } from './row';

/** Rows that follow one another in a source. */
export interface SourcePage {
  readonly rows: readonly SourceRow[];
  /** Where to go on after these rows; only the reader that gave it understands it. */
  readonly cursor: Json;
}
