import { LIMITS } from '../../contracts/limits';
import type { SealedManifest } from '../../manifests';
import type { SourceStore } from './source-store';

/** The rows of a manifest in order, in pieces of whole rows, some of them fetched ahead. */
export async function* readSegments(
  store: SourceStore,
  { table: { objects, slices } }: SealedManifest,
): AsyncGenerator<Buffer> {
  const ahead: Promise<Buffer>[] = [];
  for (const { object, offset, bytes } of slices) {
    const reading = store.segment(objects[object] ?? '', { start: offset, end: offset + bytes });
    // Awaited below, in order; until then a failure must not count as unhandled.
    reading.catch(() => undefined);
    ahead.push(reading);
    const first = ahead.length > LIMITS.source.segmentsReadAhead ? ahead.shift() : undefined;
    if (first !== undefined) yield await first;
  }
  for (const reading of ahead) yield await reading;
}
