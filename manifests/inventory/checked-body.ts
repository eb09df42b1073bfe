import { createHash } from 'node:crypto';
import { DroverError } from '../../contracts/engine/failures';
import type { InventoryFile } from './read-manifest';

/**
 * The bytes of an inventory's file as they came. Rejects at their end with `InvalidManifestContent`, which names `file`, when
 * size or MD5 are not those of manifest.json.
 */
export async function* checkedBody(
  body: AsyncIterable<Uint8Array>,
  { size, md5 }: InventoryFile,
  file: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('md5');
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (md5 !== undefined) hash.update(chunk);
    yield chunk;
  }
  if (length !== size) throw wrongSize(file, length, size);
  const found = hash.digest('hex');
  if (md5 === undefined || found === md5) return;
  throw new DroverError('InvalidManifestContent', `${file} has the MD5 ${found}, and manifest.json says ${md5}`);
}

export function wrongSize(file: string, found: number, expected: number): DroverError {
  const message = `${file} has ${found} bytes, and manifest.json says ${expected}`;
  return new DroverError('InvalidManifestContent', message);
}
