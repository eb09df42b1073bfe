import { LIMITS } from '../../contracts/limits';
import type { EncryptionFilter } from '../../contracts/source';
import { badFilter } from './common/refusal';
import { told } from './common/told';
import { allOf, anyOf } from './common/verdicts';
import { defineFilter, type RowMember, type RowTest } from './definition';

/** Members of API_control_ObjectEncryptionFilter, and what an inventory calls them. */
const KINDS: Readonly<Record<string, string>> = {
  SSES3: 'SSE-S3',
  SSEKMS: 'SSE-KMS',
  DSSEKMS: 'DSSE-KMS',
  SSEC: 'SSE-C',
  NOTSSE: 'NOT-SSE',
};

/** The object is encrypted in one of these ways. */
export const matchAnyObjectEncryption = defineFilter({
  member: 'MatchAnyObjectEncryption',
  needs: (given) => {
    const members = new Set<RowMember>(['encryption']);
    for (const [, { KmsKeyArn, BucketKeyEnabled }] of given.flatMap(ways)) {
      if (KmsKeyArn !== undefined) members.add('kmsKeyArn');
      if (BucketKeyEnabled !== undefined) members.add('bucketKeyEnabled');
    }
    return [...members];
  },
  bind: (given) => {
    if (given.length === 0) throw badFilter('MatchAnyObjectEncryption', 'must name at least one');
    if (given.length > LIMITS.filter.entriesMax) throw badFilter('MatchAnyObjectEncryption', 'names too many');
    return anyOf(given.map(oneWay));
  },
});

type Way = readonly [name: string, members: { readonly KmsKeyArn?: string; readonly BucketKeyEnabled?: boolean }];

function ways(filter: EncryptionFilter): readonly Way[] {
  return Object.entries(filter);
}

function oneWay(filter: EncryptionFilter, index: number): RowTest {
  const [way, another] = ways(filter);
  const name = way?.[0] ?? '';
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (way === undefined || another !== undefined || kind === undefined) {
    throw badFilter(
      'MatchAnyObjectEncryption',
      `entry ${index} must have exactly one of ${Object.keys(KINDS).join(', ')}`,
    );
  }
  const { KmsKeyArn, BucketKeyEnabled } = way[1];
  const hasKeys = kind === 'SSE-KMS' || kind === 'DSSE-KMS';
  if ((KmsKeyArn !== undefined && !hasKeys) || (BucketKeyEnabled !== undefined && kind !== 'SSE-KMS')) {
    throw badFilter('MatchAnyObjectEncryption', `entry ${index}: ${name} has no such member`);
  }
  return allOf([
    told('encryption', (encryption) => encryption === kind),
    ...(KmsKeyArn === undefined ? [] : [told('kmsKeyArn', (arn) => arn === KmsKeyArn)]),
    ...(BucketKeyEnabled === undefined ? [] : [told('bucketKeyEnabled', (isOn) => isOn === BucketKeyEnabled)]),
  ]);
}
