import type { ListingPort } from '../listing';
import type { SourceMeter } from './source';

/** A file on its way, whose bytes are counted. */
export async function* meteredBody(
  body: AsyncIterable<Uint8Array>,
  meter: Pick<SourceMeter, 'bytes'> | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of body) {
    meter?.bytes(chunk.length);
    yield chunk;
  }
}

/** A bucket's listing, whose answers are counted. */
export function meteredListing(port: ListingPort, meter: SourceMeter | undefined): ListingPort {
  return {
    listPage: async (...asked) => {
      const page = await port.listPage(...asked);
      meter?.page();
      return page;
    },
  };
}
