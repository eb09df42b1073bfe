import { createHash } from 'node:crypto';
import { z } from 'zod';
import { DroverError } from '../../contracts/engine/failures';
import type { Json } from '../../contracts/job';
import type { SourcePage } from '../sources/page';

/** Pages that were taken, and a digest of all their rows. */
const cursorSchema = z.strictObject({ pages: z.int().nonnegative(), digest: z.string() });

/**
 * Pages of an answer that can only be had from its beginning, with cursors to go on at. What was taken before must come again in the
 * same order: nothing else holds a store to that, and a row would be lost or come twice. Rejects with `ManifestNotReadable`.
 */
export async function* inOrder<Page extends SourcePage>(
  pages: AsyncIterable<Page>,
  left: Json | undefined,
  file: string,
): AsyncGenerator<Page, void, undefined> {
  const taken = left === undefined ? undefined : cursorSchema.parse(left);
  const hash = createHash('sha256');
  let count = 0;
  for await (const page of pages) {
    hash.update(JSON.stringify(page.rows));
    count++;
    const digest = hash.copy().digest('hex');
    if (count === taken?.pages && digest !== taken.digest) throw otherOrder(file);
    if (count > (taken?.pages ?? 0)) yield { ...page, cursor: { pages: count, digest } };
  }
  if (count < (taken?.pages ?? 0)) throw otherOrder(file);
}

function otherOrder(file: string): DroverError {
  const message = `${file}: the store has selected other rows than before, or in another order (Filter.SelectBy)`;
  return new DroverError('ManifestNotReadable', message);
}
