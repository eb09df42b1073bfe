import type { SourceRow } from '../../sources/row';

/** A row with what no source tells, but the store when it is asked about the object. */
export interface ToldRow extends SourceRow {
  /** `SSE-KMS` and `DSSE-KMS` have one. */
  readonly kmsKeyArn?: string;
  readonly bucketKeyEnabled?: boolean;
  /** Whether a rule of the bucket's replication configuration takes the object. */
  readonly eligibleForReplication?: boolean;
}

/** What the store has told of an object. A member that is undefined was not told. */
export type Told = { readonly [M in Exclude<keyof ToldRow, 'bucket' | 'key'>]?: ToldRow[M] | undefined };

/**
 * A row with what the store has told since. The store's word goes before the source's, which is older: an inventory of
 * yesterday does not know that the object was written again today.
 */
export function mergeTold(row: SourceRow, answer: Told): ToldRow {
  const known = Object.entries(answer).filter(([, value]) => value !== undefined);
  return { ...row, ...Object.fromEntries(known) };
}

/** Members that a delete marker does not have: their absence there is an answer. */
const OF_CONTENT: readonly (keyof ToldRow)[] = [
  'size',
  'storageClass',
  'etag',
  'encryption',
  'kmsKeyArn',
  'bucketKeyEnabled',
];

/**
 * A test of one member of a row: a row that does not tell the member is unknown, and a delete marker without it passes no
 * filter that asks for it.
 */
export function told<M extends keyof ToldRow>(member: M, test: (value: NonNullable<ToldRow[M]>) => boolean) {
  return (row: ToldRow): boolean | 'unknown' => {
    const value = row[member];
    if (value !== undefined) return test(value);
    return hasNone(row, member) ? false : 'unknown';
  };
}

/** True when a row lacks a member because its object has none. */
export function hasNone(row: SourceRow, member: keyof ToldRow): boolean {
  return row.isDeleteMarker === true && OF_CONTENT.includes(member);
}
