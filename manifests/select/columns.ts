import type { SourceRow } from '../sources/row';

/** How a column travels to DuckDB: as texts or as whole numbers. */
type Travels = {
  /** Its type in DuckDB. */
  readonly type: 'VARCHAR' | 'BIGINT' | 'TIMESTAMP' | 'BOOLEAN';
  /** The value as DuckDB sees it, NULL where there is none, of what has travelled. */
  readonly value: (sent: string) => string;
} & ({ readonly text: (row: SourceRow) => string } | { readonly number: (row: SourceRow) => number });

export type Column = Travels & {
  readonly name: string;
  readonly member: keyof SourceRow;
  /** Other names, in lower case: AWS's in inventories, and what people call it. */
  readonly aliases: readonly string[];
};

/** Stands for no text: no version id, class, ETag or status is a control character. */
const NO_TEXT = '\u0002';
const NO_NUMBER = -1;
/** A time before 1970 is one, too: this is before the year 0. */
const NO_TIME = -100_000_000_000_000;

const orNull = (sent: string): string => `nullif(${sent}, '${NO_TEXT}')`;
const toFlag = (sent: string): string => `nullif(${sent}, ${NO_NUMBER}) = 1`;
const flag = (given: boolean | undefined): number => (given === undefined ? NO_NUMBER : Number(given));

/**
 * What an expression may name. Names count in any case, as S3 Select has it for names without quotes. Each column reads its
 * member in a function of its own, which the engine compiles for it.
 */
export const COLUMNS: readonly Column[] = [
  // Every row has these two: no value stands for none.
  column('bucket', 'bucket', [], { type: 'VARCHAR', text: (row) => row.bucket, value: (sent) => sent }),
  column('key', 'key', [], { type: 'VARCHAR', text: (row) => row.key, value: (sent) => sent }),
  column('version_id', 'versionId', ['versionid'], {
    ...{ type: 'VARCHAR', value: orNull },
    text: (row) => row.versionId ?? NO_TEXT,
  }),
  column('size', 'size', [], {
    type: 'BIGINT',
    number: (row) => row.size ?? NO_NUMBER,
    value: (sent) => `nullif(${sent}, ${NO_NUMBER})`,
  }),
  column('last_modified', 'lastModifiedMs', ['lastmodified', 'lastmodifieddate', 'last_modified_date'], {
    type: 'TIMESTAMP',
    number: (row) => row.lastModifiedMs ?? NO_TIME,
    value: (sent) => `make_timestamp(nullif(${sent}, ${NO_TIME}) * 1000)`,
  }),
  column('storage_class', 'storageClass', ['storageclass'], {
    ...{ type: 'VARCHAR', value: orNull },
    text: (row) => row.storageClass ?? NO_TEXT,
  }),
  column('etag', 'etag', ['e_tag'], { type: 'VARCHAR', value: orNull, text: (row) => row.etag ?? NO_TEXT }),
  column('is_latest', 'isLatest', ['islatest'], {
    ...{ type: 'BOOLEAN', value: toFlag },
    number: (row) => flag(row.isLatest),
  }),
  column('is_delete_marker', 'isDeleteMarker', ['isdeletemarker'], {
    ...{ type: 'BOOLEAN', value: toFlag },
    number: (row) => flag(row.isDeleteMarker),
  }),
  column('encryption', 'encryption', ['encryptionstatus', 'encryption_status'], {
    ...{ type: 'VARCHAR', value: orNull },
    text: (row) => row.encryption ?? NO_TEXT,
  }),
  column('replication_status', 'replicationStatus', ['replicationstatus'], {
    ...{ type: 'VARCHAR', value: orNull },
    text: (row) => row.replicationStatus ?? NO_TEXT,
  }),
];

function column(name: string, member: keyof SourceRow, aliases: readonly string[], travels: Travels): Column {
  return { name, member, aliases, ...travels };
}

const BY_NAME = new Map(COLUMNS.flatMap((known) => [known.name, ...known.aliases].map((name) => [name, known])));

export function columnNamed(name: string): Column | undefined {
  return BY_NAME.get(name.toLowerCase());
}
