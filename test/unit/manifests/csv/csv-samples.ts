import fc from 'fast-check';
import type { ManifestField } from '../../../../contracts/job';

/** Feeds bytes in the given piece sizes, again and again. */
export async function* inPieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

export function formEncode(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+');
}

export interface CsvSample {
  readonly fields: readonly ManifestField[];
  /** What a reader must find. */
  readonly values: readonly (readonly string[])[];
  readonly text: string;
}

const FIELD_LISTS: readonly (readonly ManifestField[])[] = [
  ['Bucket', 'Key'],
  ['Key', 'Bucket', 'VersionId'],
  ['Ignore', 'Bucket', 'Key', 'Ignore'],
];

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', '\r', ' ', 'é', '😀'), maxLength: 8 }),
);
const filledText = anyText.filter((text) => text !== '');

const value: Record<ManifestField, fc.Arbitrary<string>> = {
  // Mostly the same from row to row, as in lists.
  Bucket: fc.oneof(fc.constantFrom('herd', 'a,"b'), filledText),
  Key: filledText.map(formEncode),
  VersionId: filledText,
  Ignore: anyText,
};

function writeField(text: string, quote: boolean): string {
  return quote || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows of any text, quoted where needed and here and there where not, each with its own line end. */
export const csvSample: fc.Arbitrary<CsvSample> = fc.constantFrom(...FIELD_LISTS).chain((fields) => {
  const row = fc.record({
    values: fc.tuple(...fields.map((field) => value[field])),
    quotes: fc.array(fc.boolean(), { minLength: fields.length, maxLength: fields.length }),
    lineEnd: fc.constantFrom('\n', '\r\n'),
  });
  return fc
    .record({ rows: fc.array(row, { minLength: 1, maxLength: 30 }), lastLineEnd: fc.boolean() })
    .map(({ rows, lastLineEnd }) => {
      const lines = rows.map(({ values, quotes, lineEnd }, index) => {
        const end = lastLineEnd || index < rows.length - 1 ? lineEnd : '';
        return values.map((text, column) => writeField(text, quotes[column]!)).join(',') + end;
      });
      return { fields, values: rows.map((each) => each.values), text: lines.join('') };
    });
});

export const pieceSizes = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });
