import type { SealedManifest } from '../../manifests';
import { LIMITS } from '../../contracts/limits';
import type { SourceStore } from './source-store';

/** The rows of a manifest in order, in pieces of whole rows, some of them fetched ahead. */
export async function* readSegments(
  store: SourceStore,
  { table: { objects, slices } }: SealedManifest,
): AsyncGenerator<Buffer> {
  const ahead: Promise<Buffer>[] = [];
  for (let next = 0, done = 0; done < slices.length; done++) {
    for (; next < slices.length && next <= done + LIMITS.segmentsReadAhead; next++) {
      const { object, offset, bytes } = slices[next]!;
      const reading = store.segment(objects[object]!, { start: offset, end: offset + bytes });
      // Awaited below, in order; until then a failure must not count as unhandled.
      reading.catch(() => undefined);
      ahead.push(reading);
    }
    yield await ahead.shift()!;
  }
}
