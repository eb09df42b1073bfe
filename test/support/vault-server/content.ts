/** Bodies of archives: bytes, or so many of them that they are made when somebody reads them. */
import { createCipheriv, createHash } from 'node:crypto';

const MIB = 1024 * 1024;
const AES_BLOCK_BYTES = 16;

export interface Content {
  readonly bytes: number;
  slice(start: number, end: number): Buffer;
}

export function contentOf(body: string | Uint8Array): Content {
  const buffer = Buffer.from(body);
  return { bytes: buffer.byteLength, slice: (start, end) => buffer.subarray(start, end) };
}

/** The same bytes for the same seed, wherever one begins to read. */
export function madeContent(bytes: number, seed: number): Content {
  const key = createHash('sha256').update(String(seed)).digest().subarray(0, AES_BLOCK_BYTES);
  return {
    bytes,
    slice(start, end) {
      const from = Math.floor(start / AES_BLOCK_BYTES);
      const counter = Buffer.alloc(AES_BLOCK_BYTES);
      counter.writeBigUInt64BE(BigInt(from), 8);
      const skip = start - from * AES_BLOCK_BYTES;
      const stream = createCipheriv('aes-128-ctr', key, counter).update(Buffer.alloc(skip + end - start));
      return stream.subarray(skip);
    },
  };
}

/**
 * Tree hashes by the definition, from the root down, and not from the leaves up as Drover makes them: the left half of each
 * node has as many mebibytes as the largest power of two that leaves something for the right one.
 */
export class HashTree {
  private readonly leaves: Buffer[] = [];
  private readonly nodes = new Map<string, Buffer>();

  constructor(private readonly content: Content) {
    for (let start = 0; start < content.bytes || start === 0; start += MIB) {
      const piece = content.slice(start, Math.min(start + MIB, content.bytes));
      this.leaves.push(createHash('sha256').update(piece).digest());
    }
  }

  get root(): string {
    return this.node(0, this.leaves.length).toString('hex');
  }

  /** Undefined for a range that is not aligned: no node of the tree is of these very bytes. */
  ofRange(start: number, end: number): string | undefined {
    if (start % MIB !== 0 || (end % MIB !== 0 && end !== this.content.bytes)) return undefined;
    const first = start / MIB;
    const last = Math.ceil(end / MIB);
    let [low, high] = [0, this.leaves.length];
    while (low !== first || high !== last) {
      if (high - low <= 1) return undefined;
      const middle = low + leftOf(high - low);
      if (last <= middle) high = middle;
      else if (first >= middle) low = middle;
      else return undefined;
    }
    return this.node(low, high).toString('hex');
  }

  private node(low: number, high: number): Buffer {
    if (high - low === 1) return this.leaves[low]!;
    const name = `${low}-${high}`;
    let hash = this.nodes.get(name);
    if (!hash) {
      const middle = low + leftOf(high - low);
      hash = createHash('sha256').update(this.node(low, middle)).update(this.node(middle, high)).digest();
      this.nodes.set(name, hash);
    }
    return hash;
  }
}

function leftOf(count: number): number {
  return 2 ** Math.ceil(Math.log2(count) - 1);
}
