/**
 * Goal: each batch gives its tasks, with keys as the store knows them, and refuses what can't be carried out row by row.
 * Method: scan, index and parse of random CSVs, held to the values they were written from; examples for refusals.
 */
import fc from 'fast-check';
import type { ManifestField } from '../../../../contracts/job';
import {
  decodeBatchRange,
  encodeIndex,
  indexRange,
  type ManifestRow,
  parseBatch,
  scanCsv,
} from '../../../../manifests';
import { type CsvSample, csvSample, inPieces, pieceSizes } from './csv-samples';

function expectedTask({ fields, values }: CsvSample, row: number): object {
  const of = (field: ManifestField) => values[row]![fields.indexOf(field)]!;
  const manifestKey = of('Key');
  const key = decodeURIComponent(manifestKey.replaceAll('+', ' '));
  const versionId = fields.includes('VersionId') ? { versionId: of('VersionId') } : {};
  return { task: { bucket: of('Bucket'), key, manifestKey, row, ...versionId } };
}

test('every batch, found through the index, gives its tasks', async () => {
  await fc.assert(
    fc.asyncProperty(csvSample, pieceSizes, fc.integer({ min: 1, max: 5 }), async (sample, pieces, batchRows) => {
      const manifest = Buffer.from(sample.text);
      const { offsets, rows } = await scanCsv(inPieces(manifest, pieces), { fields: sample.fields, batchRows });
      const index = encodeIndex(offsets);
      const found: ManifestRow[] = [];
      for (let batch = 0; batch < Math.ceil(rows / batchRows); batch++) {
        const bounds = indexRange(batch);
        const { start, end } = decodeBatchRange(index.subarray(bounds.start, bounds.end));
        found.push(...parseBatch(manifest.subarray(start, end), sample.fields, batch * batchRows));
      }
      expect(found).toEqual(sample.values.map((_, row) => expectedTask(sample, row)));
    }),
    { numRuns: 300 },
  );
});

test('a CSV without quotes reads the same as with all fields quoted', () => {
  const plain = fc.string({ unit: fc.constantFrom('a', 'é', '😀', ' ', '+', '%41', '%', "'", '.'), maxLength: 6 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(plain, plain, plain), { minLength: 1 }),
      fc.constantFrom('\n', '\r\n'),
      (rows, end) => {
        const fields: readonly ManifestField[] = ['Bucket', 'Key', 'VersionId'];
        const text = (quote: string) =>
          rows.map((row) => row.map((each) => quote + each + quote).join(',') + end).join('');
        const unquoted = parseBatch(Buffer.from(text('')), fields, 5);
        expect(unquoted).toEqual(parseBatch(Buffer.from(text('"')), fields, 5));
        expect(unquoted).toHaveLength(rows.length);
      },
    ),
  );
});

describe('refused rows', () => {
  const fields: readonly ManifestField[] = ['Bucket', 'Key', 'VersionId'];
  const invalid = { status: 'failed', httpStatus: 400, errorCode: 'InvalidRequest' };
  const one = (line: string): ManifestRow => parseBatch(Buffer.from(`${line}\n`), fields, 41)[0]!;

  test('an empty version id, in the words of AWS', () => {
    expect(one('b,a%20b,')).toEqual({
      task: { bucket: 'b', key: 'a b', manifestKey: 'a%20b', row: 41 },
      refused: { ...invalid, message: 'Task failed due to missing VersionId' },
    });
  });

  test('the null version is a version', () => {
    expect(one('b,k,null')).toEqual({ task: { bucket: 'b', key: 'k', manifestKey: 'k', row: 41, versionId: 'null' } });
  });

  test.each([
    [',k,v', 'Task failed due to missing Bucket'],
    ['b,,v', 'Task failed due to missing Key'],
    ['b,"",v', 'Task failed due to missing Key'],
    ['b,100%,v', 'Task failed due to invalid Key: the escape % is malformed'],
    ['b,a%zzb,v', 'Task failed due to invalid Key: the escape %zz is malformed'],
    ['b,caf%E9,v', 'Task failed due to invalid Key: its percent-encoding is not UTF-8'],
  ])('%s', (line, message) => {
    const row = one(line);
    expect(row.refused).toEqual({ ...invalid, message });
    expect(row.task).toMatchObject({ row: 41, versionId: 'v' });
  });

  test.each(['../victim/a', 'a%2F..%2F..%2Fvictim', '%2E%2E/a', '"..\\victim"', 'a/+/../../..'])(
    'a key that climbs above its bucket: %s',
    (key) => {
      expect(one(`b,${key},v`).refused).toEqual({
        status: 'failed',
        httpStatus: 400,
        errorCode: 'InvalidURI',
        message: expect.stringContaining('climbs above its bucket') as string,
      });
    },
  );

  test('a key with dots that stays in its bucket is carried out', () => {
    expect(one('b,a/../b,v')).toEqual({
      task: { bucket: 'b', key: 'a/../b', manifestKey: 'a/../b', row: 41, versionId: 'v' },
    });
    expect(one('b,%252e%252e/a,v')).toMatchObject({ task: { key: '%2e%2e/a' } });
  });

  test("a key that can't be decoded keeps its spelling for the report", () => {
    expect(one('b,a%zzb,v').task).toMatchObject({ key: 'a%zzb', manifestKey: 'a%zzb' });
  });
});

test.each([
  ['b,k\nb,k,x\n', 'Row 12 of the manifest has 3 columns, expected 2'],
  ['b,"k\n', "The manifest can't be parsed from row 11 on"],
])('bytes that are not the declared rows throw: %j', (text, message) => {
  const parsed = () => parseBatch(Buffer.from(text), ['Bucket', 'Key'], 10);
  expect(parsed).toThrow(expect.objectContaining({ code: 'InvalidManifestContent' }) as Error);
  expect(parsed).toThrow(message);
});
