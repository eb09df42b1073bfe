import { DroverError } from '../../contracts/engine/failures';
import type { KeyEncoding, ManifestField } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { OffsetList } from '../offset-list';
import type { BucketRows } from '../segments/bucket-counts';
import { firstRowKind } from './header-row';
import { type ManifestColumns, manifestColumns } from './manifest-fields';
import { RowBuckets } from './row-buckets';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PERCENT = 0x25;
const COMMA = 0x2c;

/** Where the scanner stands within a row. */
const FIELD_START = 0;
const UNQUOTED = 1;
const QUOTED = 2;
/** After a quote within a quoted field: its end, or the first of a doubled quote. */
const QUOTE_SEEN = 3;
const CR_SEEN = 4;
/** In a key, after a percent sign: two hexadecimal digits are to come, or the second of them. */
const ESCAPE = 5;
const ESCAPE_DIGIT = 6;
const QUOTED_ESCAPE = 7;
const QUOTED_ESCAPE_DIGIT = 8;

/** By byte: 1 for a hexadecimal digit. */
const HEX_DIGIT = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number.isNaN(Number.parseInt(String.fromCharCode(byte), 16)) ? 0 : 1,
);

const RAW_SPACE = 'a space in its key';
const MALFORMED_ESCAPE = 'a percent sign in its key that two hexadecimal digits do not follow';

/** Characters of a row that a message repeats. */
const SHOWN_LENGTH_MAX = 100;

export interface RowForm {
  /** As `manifestFieldsProblem` let them pass. */
  readonly fields: readonly ManifestField[];
  /** Absent: `Url`. */
  readonly keyEncoding?: KeyEncoding;
  /** The file in messages, as `s3://bucket/key`; absent: "the manifest". */
  readonly file?: string;
  /** The columns in messages; absent: `fields`. */
  readonly columnNames?: readonly string[];
  /** False: the first row is an object, whatever it looks like. */
  readonly header?: boolean;
  /** True: a file without rows is one of several, and no fault. */
  readonly mayBeEmpty?: boolean;
  /** True: rows are counted by bucket. */
  readonly countBuckets?: boolean;
  /** Where an earlier scan stopped, between two rows; absent: at the beginning. */
  readonly after?: { readonly bytes: number; readonly lines: number };
}

/**
 * Finds the rows of a CSV manifest (RFC 4180; CRLF or LF) byte by byte, in buffers cut anywhere, without building
 * strings: only so is reading a manifest of billions of rows a matter of bandwidth. Keeps one offset per batch.
 */
export class RowScanner {
  readonly offsets = new OffsetList();
  /** Rows that are tasks: no header, no blank lines. */
  rows = 0;
  /** Bytes taken so far. */
  position = 0;
  headerSkipped = false;

  private readonly columns: ManifestColumns;
  private state = FIELD_START;
  private column = 0;
  private rowStart = 0;
  /** End of the last row that is a task, its line end included. */
  private rowsEnd = 0;
  /** Lines ended so far, header and blank ones included: messages number rows as an editor does. */
  private lines = 0;
  private blankLine = 0;
  /** What the key of the row that is being scanned has, and no URL-encoded key would. */
  private unencoded = '';
  private batchLeft = 0;
  /** Bytes of the first row, until it is known whether that is a header. */
  private firstRow: Uint8Array[] | undefined;
  /** The column whose escapes and spaces are looked at; -1: none. */
  private readonly encodedColumn: number;
  private readonly columnNames: readonly string[];
  private readonly buckets: RowBuckets | undefined;

  constructor(
    private readonly form: RowForm,
    readonly batchRows: number,
  ) {
    this.columns = manifestColumns(form.fields);
    this.encodedColumn = form.keyEncoding === 'Raw' ? -1 : this.columns.key;
    this.columnNames = form.columnNames ?? form.fields;
    this.buckets = form.countBuckets === true ? new RowBuckets() : undefined;
    if (form.header !== false && form.after === undefined) this.firstRow = [];
    this.position = this.rowStart = this.rowsEnd = form.after?.bytes ?? 0;
    this.lines = form.after?.lines ?? 0;
  }

  /** Passes over a byte order mark. */
  skip(bytes: number): void {
    this.position += bytes;
    this.rowStart += bytes;
  }

  /** Throws `InvalidManifestContent` at the first row that is not as declared. */
  // One loop over bytes: calls for each would cost the speed.
  // eslint-disable-next-line complexity
  consume(bytes: Uint8Array): void {
    // Copied: the reader may reuse its buffer.
    this.firstRow?.push(new Uint8Array(bytes.subarray(0, LIMITS.source.manifestRowBytesMax)));
    const base = this.position;
    const length = bytes.length;
    const keyColumn = this.encodedColumn;
    const { buckets } = this;
    const bucketColumn = buckets === undefined ? -1 : this.columns.bucket;
    /** Where the bucket's field of this row begins in `bytes`: at 0, or before. */
    let bucketStart = 0;
    let state = this.state;
    for (let at = 0; at < length; at++) {
      const byte = bytes[at]!;
      if (state === UNQUOTED && byte > COMMA) continue;
      if (state === QUOTED) {
        if (byte > PERCENT) continue;
        if (byte === QUOTE) {
          state = QUOTE_SEEN;
        } else if (byte === PERCENT && this.column === keyColumn) {
          if (isHexPair(bytes, at + 1)) at += 2;
          else state = QUOTED_ESCAPE;
        } else if (byte === SPACE && this.column === keyColumn) {
          this.unencoded = RAW_SPACE;
        }
      } else if (state >= ESCAPE) {
        const isDigit = HEX_DIGIT[byte] === 1;
        state = afterEscape(state, isDigit);
        if (isDigit) continue;
        this.unencoded = MALFORMED_ESCAPE;
        // Once more, as a byte of the field.
        at--;
      } else if (byte === LF) {
        if (this.column === bucketColumn) buckets?.end(bytes.subarray(bucketStart, at));
        this.endRow(base + at, state === CR_SEEN ? 1 : 0, 1);
        state = FIELD_START;
        if (bucketColumn !== 0) continue;
        bucketStart = at + 1;
        const repeated = buckets?.repeatedAt(bytes, bucketStart) ?? 0;
        if (repeated === 0) continue;
        at += repeated;
        this.column = 1;
      } else if (state === CR_SEEN) {
        this.fail('has a carriage return that no line feed follows');
      } else if (byte === COMMA) {
        if (this.column === bucketColumn) buckets?.end(bytes.subarray(bucketStart, at));
        if (++this.column === bucketColumn) bucketStart = at + 1;
        state = FIELD_START;
      } else if (byte === QUOTE) {
        if (state === UNQUOTED) this.fail('has a quotation mark inside an unquoted field');
        state = QUOTED;
      } else if (byte === CR) {
        state = CR_SEEN;
      } else {
        if (state === QUOTE_SEEN) this.fail('has text after the closing quotation mark of a field');
        state = UNQUOTED;
        if (byte === PERCENT && this.column === keyColumn) {
          if (isHexPair(bytes, at + 1)) at += 2;
          else state = ESCAPE;
        } else if (byte === SPACE && this.column === keyColumn) {
          this.unencoded = RAW_SPACE;
        }
      }
    }
    if (this.column === bucketColumn) buckets?.begin(bytes.subarray(bucketStart));
    this.state = state;
    this.position = base + length;
    this.checkLength(this.position, isQuoted(state) ? ': is a quotation mark missing?' : '');
  }

  /** To be called at the end of the manifest; throws like `consume`. */
  finish(): void {
    if (isQuoted(this.state)) this.fail('has a quoted field that is never closed');
    if (this.state >= ESCAPE) this.unencoded = MALFORMED_ESCAPE;
    if (this.state === CR_SEEN) this.fail('has a carriage return that no line feed follows');
    if (this.rowStart < this.position) {
      if (this.column === this.columns.bucket) this.buckets?.end(new Uint8Array(0));
      this.endRow(this.position, 0, 0);
    }
    if (this.rows > 0) {
      this.offsets.push(this.rowsEnd);
    } else if (this.form.mayBeEmpty !== true) {
      const found = this.headerSkipped ? 'has only a header row' : 'is empty';
      throw new DroverError('InvalidManifestContent', `${capitalized(this.subject)} ${found}: it names no objects`);
    }
  }

  /** `end` is the position of the line feed, or the end of the manifest; `returns` and `feeds` count the bytes of the line end. */
  private endRow(end: number, returns: 0 | 1, feeds: 0 | 1): void {
    const start = this.rowStart;
    if (end - returns === start) {
      if (this.blankLine === 0) this.blankLine = this.lines + 1;
    } else {
      if (this.blankLine > 0) this.failAt(this.blankLine, 'is blank');
      this.checkLength(end);
      if (this.column + 1 !== this.columns.count) this.failColumns(feeds === 0);
      const isHeader = this.firstRow !== undefined && this.takeHeader(end - returns);
      if (this.unencoded !== '') this.takeUnencoded(isHeader);
      if (!isHeader) this.addRow(start);
      this.rowsEnd = end + feeds;
    }
    this.lines++;
    this.rowStart = end + feeds;
    this.column = 0;
  }

  private addRow(start: number): void {
    if (this.batchLeft === 0) {
      this.offsets.push(start);
      this.batchLeft = this.batchRows;
    }
    this.batchLeft--;
    this.rows++;
    this.buckets?.addRow();
  }

  private takeHeader(end: number): boolean {
    const text = Buffer.concat(this.firstRow ?? []).toString('utf8', 0, end - this.rowStart);
    this.firstRow = undefined;
    const kind = firstRowKind(text, this.columns);
    if (kind === 'otherHeader') {
      const found = text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
      this.fail(`looks like a header, but not of the columns ${this.columnNames.join(',')}: ${found}. Remove the row`);
    }
    this.headerSkipped = kind === 'header';
    return this.headerSkipped;
  }

  private takeUnencoded(isHeader: boolean): void {
    const found = this.unencoded;
    this.unencoded = '';
    if (isHeader) return;
    this.fail(
      `has ${found}: the list does not look URL-encoded. Encode every key: a space as %20, % as %25, + as %2B. ` +
        'For keys that are written as they are, set KeyEncoding: Raw (CLI: --key-encoding raw) ' +
        '(docs/use/manifests.md, Encoding of keys)',
    );
  }

  private checkLength(end: number, hint = ''): void {
    if (end - this.rowStart > LIMITS.source.manifestRowBytesMax) {
      this.fail(`is longer than ${LIMITS.source.manifestRowBytesMax} bytes${hint}`);
    }
  }

  private failColumns(atTheEnd: boolean): never {
    const found = this.column + 1;
    const columns = `${found} ${found === 1 ? 'column' : 'columns'}`;
    const hint = atTheEnd && found < this.columns.count ? '; the file ends within it: is it cut off?' : '';
    this.fail(`has ${columns}, expected ${this.columns.count} (${this.columnNames.join(', ')})${hint}`);
  }

  /** Empty where they are not counted. */
  bucketRows(): readonly BucketRows[] {
    return this.buckets?.toArray() ?? [];
  }

  /** Fails at the row that is being scanned. */
  fail(problem: string): never {
    this.failAt(this.lines + 1, problem);
  }

  private get subject(): string {
    return this.form.file ?? 'the manifest';
  }

  private failAt(line: number, problem: string): never {
    throw new DroverError('InvalidManifestContent', `Row ${line} of ${this.subject} ${problem}`);
  }
}

function capitalized(text: string): string {
  return text === 'the manifest' ? 'The manifest' : text;
}

function isQuoted(state: number): boolean {
  return state === QUOTED || state >= QUOTED_ESCAPE;
}

/** False also where the buffer ends too early to tell. */
function isHexPair(bytes: Uint8Array, at: number): boolean {
  return at + 1 < bytes.length && HEX_DIGIT[bytes[at]!] === 1 && HEX_DIGIT[bytes[at + 1]!] === 1;
}

/** Back to the field when the escape is complete, or malformed. */
function afterEscape(state: number, isDigit: boolean): number {
  if (isDigit && state === ESCAPE) return ESCAPE_DIGIT;
  if (isDigit && state === QUOTED_ESCAPE) return QUOTED_ESCAPE_DIGIT;
  return isQuoted(state) ? QUOTED : UNQUOTED;
}
