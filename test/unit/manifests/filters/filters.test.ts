/**
 * Goal: every filter passes what its member describes, asks the store no more than it must, and refuses what it can't carry
 * out. Method: for each filter of the registry a value, rows that pass, rows that do not, and values to be refused; a row that
 * does not tell what the filter needs is unknown, and becomes known by what the store tells.
 */
import type { JobFilter } from '../../../../contracts/source';
import { bindFilter, type FILTERS } from '../../../../manifests/filters';
import { mergeTold, type ToldRow } from '../../../../manifests/filters/common/told';

const NOW_MS = Date.parse('2026-06-01T00:00:00Z');
type RowMembers = Partial<ToldRow>;
interface Sample {
  readonly value: unknown;
  readonly passing: readonly RowMembers[];
  readonly others: readonly RowMembers[];
  readonly refused: readonly (readonly [value: unknown, message: string])[];
}

const keys = (...given: string[]): RowMembers[] => given.map((key) => ({ key }));
const at = (...times: string[]): RowMembers[] => times.map((time) => ({ lastModifiedMs: Date.parse(time) }));
const sizes = (...given: number[]): RowMembers[] => given.map((size) => ({ size }));
const NOT_A_LIST = [
  [[], 'must name at least one'],
  [Array.from({ length: 1_001 }, () => 'a'), 'names 1001, and may name 1000 at most'],
  [[''], 'empty'],
] as const;
const NOT_A_TIME = [
  ['yesterday', '"yesterday" must be an ISO 8601 time with a zone'],
  ['2026-01-01T00:00:00', 'with a zone'],
  ['2026-01-01', 'with a zone'],
] as const;
const NOT_BYTES = [
  [-1, 'whole number of bytes'],
  [0.5, 'whole number of bytes'],
] as const;
const NOT_AN_AGE = [
  [-1, 'seconds'],
  [Infinity, 'seconds'],
] as const;

const SAMPLES: Readonly<Record<keyof typeof FILTERS, Sample>> = {
  Include: {
    value: ['*.gz', 'logs/**'],
    passing: keys('a.gz', 'logs/a/b'),
    others: keys('a/b.gz', 'a'),
    refused: [...NOT_A_LIST, [['ok', '[a'], 'Filter.Include: "[a": a [ has no ]']],
  },
  Exclude: {
    value: ['*.gz', 'logs/**'],
    passing: keys('a/b.gz', 'a'),
    others: keys('a.gz', 'logs/a/b'),
    refused: [...NOT_A_LIST, [['{a'], 'Filter.Exclude: "{a": a { has no }']],
  },
  KeyMatches: {
    value: '\\d{4}\\.gz$',
    passing: keys('logs/2026.gz'),
    others: keys('2026.gz.bak', '26.gz'),
    refused: [
      ['(a', 'Filter.KeyMatches: "(a": is no RE2 syntax'],
      ['', 'is empty'],
    ],
  },
  MatchAnyPrefix: { value: ['a/', 'b'], passing: keys('a/x', 'b'), others: keys('a', 'c/a/'), refused: NOT_A_LIST },
  MatchAnySuffix: { value: ['.gz', '.z'], passing: keys('a.gz', '.z'), others: keys('a.gz2'), refused: NOT_A_LIST },
  MatchAnySubstring: { value: ['2026', 'x'], passing: keys('a2026b', 'x'), others: keys('206'), refused: NOT_A_LIST },
  CreatedAfter: {
    value: '2026-01-01T02:00:00+02:00',
    passing: at('2026-01-01T00:00:00.001Z'),
    others: at('2026-01-01T00:00:00Z', '2025-01-01T00:00:00Z'),
    refused: NOT_A_TIME,
  },
  CreatedBefore: {
    value: '2026-01-01T00:00:00Z',
    passing: at('2025-12-31T23:59:59.999Z'),
    others: at('2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'),
    refused: NOT_A_TIME,
  },
  OlderThanSeconds: {
    value: 3_600,
    passing: at('2026-05-31T22:59:59Z'),
    others: at('2026-05-31T23:00:00Z', '2026-05-31T23:30:00Z'),
    refused: NOT_AN_AGE,
  },
  NewerThanSeconds: {
    value: 3_600,
    passing: at('2026-05-31T23:00:01Z', '2026-07-01T00:00:00Z'),
    others: at('2026-05-31T23:00:00Z', '2026-05-31T22:00:00Z'),
    refused: NOT_AN_AGE,
  },
  ObjectSizeGreaterThanBytes: { value: 10, passing: sizes(11), others: sizes(10, 0), refused: NOT_BYTES },
  ObjectSizeLessThanBytes: { value: 10, passing: sizes(9, 0), others: sizes(10, 11), refused: NOT_BYTES },
  MatchAnyStorageClass: {
    value: ['STANDARD', 'GLACIER'],
    passing: [{ storageClass: 'STANDARD' }, { storageClass: 'GLACIER' }],
    others: [{ storageClass: 'DEEP_ARCHIVE' }],
    refused: NOT_A_LIST,
  },
  ObjectReplicationStatuses: {
    value: ['COMPLETED', 'NONE'],
    passing: [{ replicationStatus: 'COMPLETED' }, { replicationStatus: 'COMPLETE' }, { replicationStatus: 'NONE' }],
    others: [{ replicationStatus: 'FAILED' }, { replicationStatus: 'REPLICA' }],
    refused: [...NOT_A_LIST, [['DONE'], '"DONE" is none of COMPLETED, FAILED']],
  },
  EligibleForReplication: {
    value: true,
    passing: [{ eligibleForReplication: true }],
    others: [{ eligibleForReplication: false }],
    refused: [],
  },
  MatchAnyObjectEncryption: {
    value: [{ SSES3: {} }, { SSEKMS: { KmsKeyArn: 'arn:1', BucketKeyEnabled: true } }],
    passing: [{ encryption: 'SSE-S3' }, { encryption: 'SSE-KMS', kmsKeyArn: 'arn:1', bucketKeyEnabled: true }],
    others: [
      { encryption: 'NOT-SSE' },
      { encryption: 'SSE-KMS', kmsKeyArn: 'arn:2' },
      { encryption: 'SSE-KMS', bucketKeyEnabled: false },
      { encryption: 'DSSE-KMS', kmsKeyArn: 'arn:1', bucketKeyEnabled: true },
    ],
    refused: [
      [[], 'must name at least one'],
      [[{}], 'entry 0 must have exactly one of SSES3'],
      [[{ SSES3: {}, SSEC: {} }], 'exactly one'],
      [[{ AES: {} }], 'exactly one'],
      [[{ SSEC: { KmsKeyArn: 'arn:1' } }], 'SSEC has no such member'],
      [[{ DSSEKMS: { BucketKeyEnabled: true } }], 'DSSEKMS has no such member'],
    ],
  },
};

const BARE: ToldRow = { bucket: 'b', key: 'a' };
const rowOf = (members: RowMembers): ToldRow => ({ ...BARE, ...members });

describe.each(Object.entries(SAMPLES))('%s', (member, { value, passing, others, refused }) => {
  const filter = { [member]: value } as JobFilter;
  const bound = bindFilter(filter, NOW_MS);
  const needsMoreThanKey = bound.needs.some((needed) => needed !== 'key');

  test('passes what it describes', () => {
    expect(passing.map((row) => bound.passes(rowOf(row)))).toEqual(passing.map(() => true));
  });

  test('passes nothing else', () => {
    expect(others.map((row) => bound.passes(rowOf(row)))).toEqual(others.map(() => false));
  });

  test('is unknown for a row that does not tell, until the store does', () => {
    expect(bound.passes(BARE) === 'unknown').toBe(needsMoreThanKey);
    for (const [index, row] of [...passing, ...others].entries()) {
      expect(bound.passes(mergeTold(BARE, row as ToldRow))).toBe(index < passing.length);
    }
  });

  test('needs no more than the members of its rows', () => {
    const told = new Set([...passing, ...others].flatMap((row) => Object.keys(row)));
    expect(bound.needs.filter((needed) => !told.has(needed))).toEqual([]);
  });

  test('refuses what it can not carry out, and names it', () => {
    for (const [bad, message] of refused) {
      const attempt = () => bindFilter({ [member]: bad }, NOW_MS);
      expect(attempt).toThrow(expect.objectContaining({ code: 'BadRequestException' }));
      expect(attempt).toThrow(`Filter.${member}: `);
      expect(attempt).toThrow(message);
    }
    expect(refused.length > 0 || member === 'EligibleForReplication').toBe(true);
  });
});

test('all members must hold, and one that does not decides whatever is unknown', () => {
  const { passes, needs } = bindFilter(
    { MatchAnyPrefix: ['a'], ObjectSizeGreaterThanBytes: 1, MatchAnyStorageClass: ['GLACIER'] },
    NOW_MS,
  );
  expect([...needs].sort()).toEqual(['key', 'size', 'storageClass']);
  expect(passes(rowOf({ size: 2, storageClass: 'GLACIER' }))).toBe(true);
  expect(passes(rowOf({ size: 2 }))).toBe('unknown');
  expect(passes(rowOf({ size: 1 }))).toBe(false);
  expect(passes(rowOf({ key: 'b' }))).toBe(false);
});

test('a filter without members passes everything', () => {
  const { passes, needs } = bindFilter({}, NOW_MS);
  expect(passes(BARE)).toBe(true);
  expect(needs).toEqual([]);
});

test('EligibleForReplication: false asks for nothing', () => {
  const { passes, needs } = bindFilter({ EligibleForReplication: false }, NOW_MS);
  expect(passes(BARE)).toBe(true);
  expect(needs).toEqual([]);
});

test('a delete marker has no size, class or encryption: nothing is asked', () => {
  const marker = rowOf({ isDeleteMarker: true });
  for (const filter of [
    { ObjectSizeLessThanBytes: 10 },
    { MatchAnyStorageClass: ['STANDARD'] },
    { MatchAnyObjectEncryption: [{ NOTSSE: {} }] },
  ]) {
    expect(bindFilter(filter, NOW_MS).passes(marker)).toBe(false);
  }
  expect(bindFilter({ CreatedAfter: '2026-01-01T00:00:00Z' }, NOW_MS).passes(marker)).toBe('unknown');
});

test("the store's word goes before the source's, and what it leaves out stays", () => {
  const row = rowOf({ size: 1, storageClass: 'STANDARD' });
  expect(mergeTold(row, { size: 2, storageClass: undefined, encryption: 'SSE-S3' })).toEqual({
    ...row,
    size: 2,
    encryption: 'SSE-S3',
  });
});

test('a member that is no filter is refused by name', () => {
  expect(() => bindFilter({ Tags: [] } as JobFilter, NOW_MS)).toThrow('Filter.Tags: is no filter');
});
