import type { Json } from '../../contracts/job';
import type { KeySource } from '../../contracts/source';
import { CANONICAL_FORM } from '../segments/canonical-row';
import type { SourceRow } from './row';
import { type SequentialPage, sequentialReading, type SourceDefinition } from './source';

/** Objects that the request itself names: one part, one page. */
export const keys: SourceDefinition<KeySource> = {
  name: 'keys',
  plan: ({ Keys }) => Promise.resolve({ parts: [Keys as unknown as Json], form: CANONICAL_FORM }),
  open(part, left) {
    const rows = (part as unknown as KeySource['Keys']).map(({ Bucket: bucket, Key: key, VersionId: versionId }) =>
      versionId === undefined ? { bucket, key } : { bucket, key, versionId },
    );
    return sequentialReading(left, onePage(left === undefined ? rows : []));
  },
};

async function* onePage(rows: readonly SourceRow[]): AsyncGenerator<SequentialPage> {
  yield await Promise.resolve({ rows, cursor: rows.length });
}
