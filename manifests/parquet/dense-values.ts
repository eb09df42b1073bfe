import type { Encoding, SchemaElement } from 'hyparquet' with { 'resolution-mode': 'import' };
import { DAY_MS } from '../../contracts/limits/units';
import type { ParquetLibrary } from './library';
import { readRuns } from './runs';
import { joinedTexts, plainTexts } from './texts';

/** A text, a number, a truth; times are numbers, in milliseconds since 1970. */
export type Value = string | number | boolean;

export interface Encoded {
  /** Where the values begin in `page`. */
  readonly page: Uint8Array;
  readonly start: number;
  /** Those that are not null. */
  readonly count: number;
  readonly encoding: Encoding;
}

const TWO_TO_32 = 2 ** 32;
/** 1970-01-01, as Julian day. */
const EPOCH_JULIAN_DAY = 2_440_588;
const NANOS_PER_MS = 1_000_000;

/** Throws `RangeError` for damaged bytes, and for types and encodings that inventories do not have, which it names. */
export function denseValues(encoded: Encoded, element: SchemaElement, library: ParquetLibrary): readonly Value[] {
  const { page, start, count, encoding } = encoded;
  if (encoding === 'PLAIN') return plainValues(page, start, count, element);
  if (encoding === 'RLE' && element.type === 'BOOLEAN') {
    const bits = new Uint8Array(count);
    // The length of the runs stands before them.
    readRuns(page, start + 4, 1, bits);
    return Array.from(bits, (bit) => bit === 1);
  }
  const reader = { view: new DataView(page.buffer, page.byteOffset, page.byteLength), offset: start };
  const lengths = (): Int32Array => {
    const output = new Int32Array(count);
    if (count > 0) library.deltaBinaryUnpack(reader, count, output);
    return output;
  };
  if (element.type === 'BYTE_ARRAY' && encoding === 'DELTA_LENGTH_BYTE_ARRAY') {
    const suffixes = lengths();
    return joinedTexts(page, reader.offset, undefined, suffixes);
  }
  if (element.type === 'BYTE_ARRAY' && encoding === 'DELTA_BYTE_ARRAY') {
    const prefixes = lengths();
    const suffixes = lengths();
    return joinedTexts(page, reader.offset, prefixes, suffixes);
  }
  if (encoding === 'DELTA_BINARY_PACKED' && element.type === 'INT32') return Array.from(lengths(), scale(element));
  if (encoding === 'DELTA_BINARY_PACKED' && element.type === 'INT64') {
    const output = new BigInt64Array(count);
    if (count > 0) library.deltaBinaryUnpack(reader, count, output);
    const toUnit = scale(element);
    return Array.from(output, (value) => toUnit(Number(value)));
  }
  throw new RangeError(`values of type ${element.type} in encoding ${encoding} can't be read`);
}

function plainValues(page: Uint8Array, start: number, count: number, element: SchemaElement): Value[] {
  const { type } = element;
  if (type === 'BYTE_ARRAY') return plainTexts(page, start, count);
  const view = new DataView(page.buffer, page.byteOffset + start, page.byteLength - start);
  const toUnit = scale(element);
  if (type === 'BOOLEAN') return fill(count, view, 1 / 8, (i) => ((view.getUint8(i >> 3) >> (i & 7)) & 1) === 1);
  if (type === 'INT32') return fill(count, view, 4, (i) => toUnit(view.getInt32(i * 4, true)));
  if (type === 'INT64') return fill(count, view, 8, (i) => toUnit(int64(view, i * 8)));
  if (type === 'INT96') {
    return fill(count, view, 12, (i) => {
      const days = view.getInt32(i * 12 + 8, true) - EPOCH_JULIAN_DAY;
      return days * DAY_MS + Math.floor(int64(view, i * 12) / NANOS_PER_MS);
    });
  }
  throw new RangeError(`values of type ${type} can't be read`);
}

function fill(count: number, view: DataView, width: number, valueAt: (index: number) => Value): Value[] {
  if (count * width > view.byteLength) throw new RangeError('the page ends within its values');
  const values = new Array<Value>(count);
  for (let i = 0; i < count; i++) values[i] = valueAt(i);
  return values;
}

function int64(view: DataView, at: number): number {
  return view.getInt32(at + 4, true) * TWO_TO_32 + view.getUint32(at, true);
}

/** Times have one of three units, named by either of two generations of types; without any, the number is as it is. */
function scale({ converted_type: converted, logical_type: logical }: SchemaElement): (value: number) => number {
  const unit = logical?.type === 'TIMESTAMP' ? logical.unit : converted;
  if (unit === 'MICROS' || unit === 'TIMESTAMP_MICROS') return (value) => Math.floor(value / 1_000);
  if (unit === 'NANOS') return (value) => Math.floor(value / NANOS_PER_MS);
  return (value) => value;
}
