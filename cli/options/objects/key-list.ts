import { LIMITS } from '../../../contracts/limits';
import type { KeySource } from '../../../contracts/source';
import { UsageError } from '../../usage-error';

export type KeyEnd = '\n' | '\0';

interface Listed {
  readonly key: string;
  /** Counted from 1, empty ones included. */
  readonly line: number;
}

/** Keys as they are, each with its end; a line may end in CR LF. Throws `UsageError` for what can be no key, by its line. */
export async function* keysIn(body: AsyncIterable<Uint8Array>, end: KeyEnd, where: string): AsyncGenerator<string> {
  for await (const { key, line } of records(body, end, where)) {
    const bytes = Buffer.byteLength(key);
    if (bytes > LIMITS.source.keyCharsMax) {
      throw new UsageError(
        `${where}, line ${line}: the key has ${bytes} bytes, more than ${LIMITS.source.keyCharsMax}`,
      );
    }
    if (key !== '') yield key;
  }
}

async function* records(body: AsyncIterable<Uint8Array>, end: KeyEnd, where: string): AsyncGenerator<Listed> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes: Buffer, line: number): Listed => {
    const isCrLf = end === '\n' && bytes.at(-1) === 0x0d;
    try {
      return { key: decoder.decode(isCrLf ? bytes.subarray(0, -1) : bytes), line };
    } catch {
      throw new UsageError(`${where}, line ${line}: the key is not UTF-8`);
    }
  };
  let rest = Buffer.alloc(0);
  let line = 1;
  for await (const piece of body) {
    const bytes = rest.length === 0 ? Buffer.from(piece) : Buffer.concat([rest, piece]);
    let from = 0;
    for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, from)) {
      yield decode(bytes.subarray(from, at), line);
      from = at + 1;
      line += 1;
    }
    rest = bytes.subarray(from);
    // Longer than a key with its line end: no end is looked for in a file that has none.
    if (rest.length > LIMITS.source.keyCharsMax + 1) throw noEnd(where, line, end);
  }
  if (rest.length > 0) yield decode(rest, line);
}

function noEnd(where: string, line: number, end: KeyEnd): UsageError {
  const ends = end === '\n' ? 'a line feed (--keys-from0 takes keys that end in NUL)' : 'NUL';
  return new UsageError(
    `${where}, line ${line}: no key has more than ${LIMITS.source.keyCharsMax} bytes; keys end in ${ends}`,
  );
}

/** The first keys of a list, or all. */
export interface FirstKeys {
  readonly first: readonly string[];
  /** Undefined when these were all. */
  readonly rest?: AsyncIterable<string>;
}

/** Takes as many keys as fit into a request. */
export async function firstKeys(keys: AsyncGenerator<string>): Promise<FirstKeys> {
  const first: string[] = [];
  let bytes = 0;
  for (let next = await keys.next(); next.done !== true; next = await keys.next()) {
    first.push(next.value);
    bytes += Buffer.byteLength(next.value);
    if (first.length > LIMITS.source.keysMax || bytes > LIMITS.source.keysBytesMax) return { first, rest: keys };
  }
  return { first };
}

export function keySource(bucket: string, keys: readonly string[]): KeySource {
  return { Keys: keys.map((Key) => ({ Bucket: bucket, Key })) };
}

/** A CSV manifest of Bucket and Key, URL-encoded: any key fits into it, line ends and quotation marks included. */
export async function* csvOf(bucket: string, { first, rest }: FirstKeys): AsyncGenerator<Uint8Array> {
  let lines: string[] = [];
  const row = (key: string): number => lines.push(`${bucket},${encodeURIComponent(key).replaceAll('%2F', '/')}\n`);
  first.forEach(row);
  for await (const key of rest ?? []) {
    if (row(key) < CSV_ROWS_AT_ONCE) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
  }
  yield Buffer.from(lines.join(''));
}

const CSV_ROWS_AT_ONCE = 1_000;
