// Tree hashes, whole and of pieces, against AWS's own implementation and against the definition; for sizes on both sides of
// each edge.
import { createHash } from 'node:crypto';
import { TreeHash } from '@aws-sdk/sha256-tree-hash';
import { MIB, pieceBytesFor, treeHash, treeHashOfPieces } from '../../../../storage/glacier/tree-hash';
import { HashTree, madeContent } from '../../../support/vault-server/content';
import { NodeSha256 } from '../node-sha256';

const SIZES = [1, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB, 4 * MIB + 5, 5 * MIB, 7 * MIB - 1, 11 * MIB + 3];

async function byTheSdk(body: Uint8Array): Promise<string> {
  const hash = new TreeHash(NodeSha256, (text) => Buffer.from(text));
  hash.update(body);
  return Buffer.from(await hash.digest()).toString('hex');
}

test.each(SIZES)('%i bytes have the hash that the AWS SDK gives them', async (bytes) => {
  const content = madeContent(bytes, bytes);
  const body = content.slice(0, bytes);
  const expected = await byTheSdk(body);
  expect(treeHash(body)).toBe(expected);
  expect(new HashTree(content).root).toBe(expected);
});

test.each(SIZES)('pieces of %i bytes, of any size that is allowed, make up the whole', (bytes) => {
  const content = madeContent(bytes, 1);
  const tree = new HashTree(content);
  for (const pieceBytes of [MIB, 2 * MIB, 4 * MIB, 16 * MIB]) {
    const hashes: string[] = [];
    for (let start = 0; start < bytes; start += pieceBytes) {
      const end = Math.min(start + pieceBytes, bytes);
      const hash = treeHash(content.slice(start, end));
      expect(tree.ofRange(start, end)).toBe(hash);
      hashes.push(hash);
    }
    expect(treeHashOfPieces(hashes)).toBe(tree.root);
  }
});

test('one mebibyte has its plain SHA-256, and a range that is not aligned has no hash', () => {
  const content = madeContent(6 * MIB, 2);
  expect(treeHash(content.slice(0, MIB))).toBe(createHash('sha256').update(content.slice(0, MIB)).digest('hex'));
  expect(new HashTree(content).ofRange(MIB, 3 * MIB)).toBeUndefined();
  expect(new HashTree(content).ofRange(0, 3 * MIB)).toBeUndefined();
});

test('pieces are the smallest power of two of mebibytes that is large enough', () => {
  expect([1, MIB, MIB + 1, 5 * MIB, 525 * MIB].map(pieceBytesFor)).toEqual([1, 1, 2, 8, 1_024].map((n) => n * MIB));
});
