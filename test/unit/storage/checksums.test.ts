// Goal: each algorithm gives the value that others give. Method: the published check values of the CRCs (of "123456789") and
// test vectors of the hashes, in one piece and in two.
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, runningChecksum } from '../../../storage/checksums';

const VALUES: Record<ChecksumAlgorithm, string> = {
  CRC32: 'cbf43926',
  CRC32C: 'e3069283',
  CRC64NVME: 'ae8b14860a799888',
  MD5: '25f9e794323b453885f5181f1b624d0b',
  SHA1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
  SHA256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
  SHA512:
    'd9e6762dd1c8eaf6d61b3c6192fc408d4d6d5f1176d0c29169bc24e71c3f274ad27fcd5811b313d681f7e55ec02d73d499c95455b6b5bb503acf574fba8ffe85',
  XXHASH64: '8cb841db40e6ae83',
  XXHASH3: '',
  XXHASH128: '',
};

test.each(CHECKSUM_ALGORITHMS)('%s', async (algorithm) => {
  const whole = runningChecksum(algorithm);
  whole.update(Buffer.from('123456789'));
  const value = await whole.digest();
  const pieces = runningChecksum(algorithm);
  pieces.update(Buffer.from('1234'));
  pieces.update(Buffer.from('56789'));
  expect(await pieces.digest()).toBe(value);
  if (VALUES[algorithm] !== '') expect(Buffer.from(value, 'base64').toString('hex')).toBe(VALUES[algorithm]);
});

/** Checksums of no bytes with seed 0, from the specification of xxHash. */
test.each([
  ['XXHASH64', 'ef46db3751d8e999'],
  ['XXHASH3', '2d06800538d394c2'],
  ['XXHASH128', '99aa06d3014798d86001c324468d497f'],
] as const)('%s of nothing', async (algorithm, hex) => {
  expect(Buffer.from(await runningChecksum(algorithm).digest(), 'base64').toString('hex')).toBe(hex);
});
