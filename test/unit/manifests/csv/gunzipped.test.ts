/**
 * Goal: gzip is known by its bytes, read whole however it arrives, and refused by the file's name when it is damaged; what
 * inflates to far more than it is costs no memory.
 * Method: files packed by node:zlib, cut into pieces, cut off, joined and spoiled.
 */
import { constants, gzipSync } from 'node:zlib';
import { scanCsv } from '../../../../manifests';
import { gunzipped } from '../../../../manifests/csv/gunzipped';
import { inPieces } from './csv-samples';

const FILE = 's3://lists/list.csv.gz';
const TEXT = Array.from({ length: 5_000 }, (_, row) => `b,k${row * 7919}\n`).join('');

async function textOf(bytes: Uint8Array, pieces: readonly number[] = [1_000]): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gunzipped(inPieces(bytes, pieces), FILE)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

function refusal(message: string): object {
  return { code: 'InvalidManifestContent', message: `${FILE} is gzip that can't be read: ${message}` };
}

describe.each([[[1, 2, 3]], [[1_000]], [[1_000_000]]])('in pieces of %j', (pieces) => {
  test('gzip is inflated, anything else comes through as it is', async () => {
    expect(await textOf(gzipSync(TEXT), pieces)).toBe(TEXT);
    expect(await textOf(Buffer.from(TEXT), pieces)).toBe(TEXT);
    for (const short of ['', 'b', 'b,']) expect(await textOf(Buffer.from(short), pieces)).toBe(short);
  });

  test('several members are one text', async () => {
    const halves = [TEXT.slice(0, 9_999), TEXT.slice(9_999), ''].map((text) => gzipSync(text));
    expect(await textOf(Buffer.concat(halves), pieces)).toBe(TEXT);
  });

  test('a file that is cut off is refused, also within its second member or its last bytes', async () => {
    const whole = gzipSync(TEXT);
    const cuts = [whole.subarray(0, 3), whole.subarray(0, whole.length >> 1), whole.subarray(0, -1)];
    for (const cut of [...cuts, Buffer.concat([whole, whole.subarray(0, 200)])]) {
      await expect(textOf(cut, pieces)).rejects.toMatchObject(refusal('it is cut off'));
    }
  });

  test('damage and bytes after the end are refused', async () => {
    const spoiled = Buffer.from(gzipSync(TEXT));
    spoiled[spoiled.length - 6]! ^= 1;
    await expect(textOf(spoiled, pieces)).rejects.toMatchObject(refusal('incorrect data check'));
    // What follows zeros would be lost without a word.
    const padded = Buffer.concat([gzipSync(TEXT), Buffer.alloc(3), gzipSync('b,lost\n')]);
    await expect(textOf(padded, pieces)).rejects.toMatchObject({
      message: expect.stringMatching(/: \d+ bytes that are not gzip follow after its end$/),
    });
  });
});

test('what the body rejects with comes through, and leaving early leaves the body', async () => {
  let left = false;
  async function* body(): AsyncGenerator<Uint8Array> {
    try {
      yield gzipSync(TEXT).subarray(0, 3_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error('connection broke');
    } finally {
      left = true;
    }
  }
  await expect(scanCsv(gunzipped(body(), FILE), { fields: ['Bucket', 'Key'], batchRows: 5 })).rejects.toThrow(
    'connection broke',
  );
  expect(left).toBe(true);
  left = false;
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield gzipSync(TEXT);
    } finally {
      left = true;
    }
  }
  for await (const chunk of gunzipped(endless(), FILE)) if (chunk.length > 0) break;
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(left).toBe(true);
});

test('half a gigabyte out of half a megabyte is read within some megabytes', async () => {
  const block = Buffer.alloc(32 * 1024 * 1024, 'b,k\n');
  const member = gzipSync(block, { level: constants.Z_BEST_SPEED });
  const small = Buffer.concat(Array.from({ length: 16 }, () => member));
  expect(small.length).toBeLessThan(4 * 1024 * 1024);
  let bytes = 0;
  let most = 0;
  const before = process.memoryUsage().rss;
  for await (const chunk of gunzipped(inPieces(small, [65_536]), FILE)) {
    bytes += chunk.length;
    most = Math.max(most, process.memoryUsage().rss - before);
  }
  expect(bytes).toBe(16 * block.length);
  expect(most).toBeLessThan(200 * 1024 * 1024);
});
