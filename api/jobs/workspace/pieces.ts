import { DroverError } from '../../../contracts/engine/failures';

/** Pieces of `pieceBytes` each, but for the last, which is there even when it is empty. Throws EntityTooLarge above `bytesMax`. */
export async function* piecesOf(
  body: AsyncIterable<Uint8Array>,
  pieceBytes: number,
  bytesMax: number,
): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let total = 0;
  for await (const bytes of body) {
    total += bytes.length;
    if (total > bytesMax) {
      throw new DroverError('EntityTooLarge', `The body has more than ${bytesMax} bytes: put it into a bucket instead`);
    }
    held.push(bytes);
    heldBytes += bytes.length;
    if (heldBytes < pieceBytes) continue;
    const joined = Buffer.concat(held);
    let at = 0;
    for (; joined.length - at >= pieceBytes; at += pieceBytes) yield joined.subarray(at, at + pieceBytes);
    held = [joined.subarray(at)];
    heldBytes = joined.length - at;
  }
  yield Buffer.concat(held);
}
