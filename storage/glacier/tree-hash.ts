import { createHash, hash } from 'node:crypto';

export const MIB = 1024 * 1024;

/**
 * SHA-256 tree hash ("Computing Checksums", Amazon Glacier developer guide), in small hexadecimal digits: hashes of each
 * mebibyte, joined two by two until one is left.
 */
export function treeHash(body: Uint8Array): string {
  const leaves: Buffer[] = [];
  for (let start = 0; start < body.byteLength || start === 0; start += MIB) {
    leaves.push(sha256(body.subarray(start, start + MIB)));
  }
  return joined(leaves).toString('hex');
}

/**
 * The tree hash of what is made of pieces, by theirs in order. All but the last piece have the same size, a power of two of
 * mebibytes; the last one may be shorter.
 */
export function treeHashOfPieces(hashes: readonly string[]): string {
  return joined(hashes.map((text) => Buffer.from(text, 'hex'))).toString('hex');
}

/** A piece that may be hashed by itself: a power of two of mebibytes, at least as large as asked for. */
export function pieceBytesFor(bytesMin: number): number {
  let bytes = MIB;
  while (bytes < bytesMin) bytes *= 2;
  return bytes;
}

/** One that has no partner goes up as it is. */
function joined(nodes: readonly Buffer[]): Buffer {
  let level = nodes;
  while (level.length > 1) {
    const next: Buffer[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]];
      if (left) next.push(right ? sha256(Buffer.concat([left, right])) : left);
    }
    level = next;
  }
  return level[0] ?? sha256(Buffer.alloc(0));
}

function sha256(bytes: Uint8Array): Buffer {
  return hash('sha256', bytes, 'buffer');
}

/** The tree hash of bytes that come piece by piece. */
export class RunningTreeHash {
  private readonly leaves: Buffer[] = [];
  private leaf = createHash('sha256');
  private leafBytes = 0;

  update(piece: Uint8Array): void {
    for (let start = 0; start < piece.byteLength;) {
      const end = Math.min(start + MIB - this.leafBytes, piece.byteLength);
      this.leaf.update(piece.subarray(start, end));
      this.leafBytes += end - start;
      if (this.leafBytes === MIB) this.endLeaf();
      start = end;
    }
  }

  digest(): string {
    if (this.leafBytes > 0 || this.leaves.length === 0) this.endLeaf();
    return joined(this.leaves).toString('hex');
  }

  private endLeaf(): void {
    this.leaves.push(this.leaf.digest());
    this.leaf = createHash('sha256');
    this.leafBytes = 0;
  }
}
