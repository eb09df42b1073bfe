/**
 * Goal: a request says which objects in exactly one way, what can let nothing pass is refused by its name, and a role reaches
 * no bucket by a source that it may not use. Method: requests through the validation that all faces have.
 */
import { jobRequestBody } from '../../../../api/requests/schemas';
import { jobFilter } from '../../../../api/requests/sources/filter';
import { manifestGenerator } from '../../../../api/requests/sources/generator';
import { jobSource } from '../../../../api/requests/sources/source';
import { type RequestRules, validateJobRequest, validateJobTemplate } from '../../../../api/requests/validate-request';
import type { RoleConfig } from '../../../../config/config';
import { DroverError } from '../../../../contracts/engine/failures';
import type { JobRequest } from '../../../../contracts/job';
import { uploadedManifest, uploadedManifestKey } from '../../../../contracts/uploaded-manifest';
import { parseOperation } from '../../../../operations';
import { ACCOUNT, jobRequest, ROLE, TEST_ROLE, testRules, WORKSPACE } from '../test-app';

const NARROW: Partial<RoleConfig> = { read: ['man', 'source'], write: ['reports-*'] };
const CSV = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } as const;
const INVENTORY = 'S3InventoryReport_CSV_20161130';

function rules(role: Partial<RoleConfig> = {}): RequestRules {
  return { parseOperation, config: { ...testRules, roles: [{ ...TEST_ROLE, accounts: [ACCOUNT], ...role }] } };
}

/** A request with these members in place of a manifest. */
function outcome(members: object, given = rules()): string {
  const { Manifest: _manifest, ...others } = jobRequest();
  try {
    const { request } = validateJobRequest({ ...others, ...members }, ACCOUNT, given);
    expect(request).toEqual({ ...others, ...members });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof DroverError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

const { Manifest } = jobRequest();
const Source = { Prefixes: [{ Bucket: 'source', Prefix: 'a/' }] };
const GENERATOR = { SourceBucket: 'arn:aws:s3:::source', EnableManifestOutput: false };
const generatorOf = (more: object) => ({ ManifestGenerator: { S3JobManifestGenerator: { ...GENERATOR, ...more } } });

describe('one way', () => {
  test.each<[object, string]>([
    [{ Manifest }, 'accepted'],
    [{ Source }, 'accepted'],
    [generatorOf({}), 'accepted'],
    [{}, 'BadRequestException Manifest: is required, or ManifestGenerator, or Source'],
    [{ Manifest, Source }, 'BadRequestException Source: cannot be combined with Manifest'],
    [{ Source, ...generatorOf({}) }, 'BadRequestException Source: cannot be combined with ManifestGenerator'],
    [{ Source: {} }, 'BadRequestException Source: must have one of Prefixes, Keys, Manifests, FromJob'],
    [
      { Source: { ...Source, FromJob: { JobId: 'job-1', Rows: 'all' } } },
      'BadRequestException Source.FromJob: cannot be combined with Prefixes',
    ],
    [{ Source: { ...Source, Prefix: 'x' } }, 'BadRequestException Source.Prefix: unknown member'],
    [
      { Source: { FromJob: { JobId: 'job-1', Rows: 'all' }, Versions: 'All' } },
      'BadRequestException Source.Versions: goes with Prefixes only',
    ],
  ])('%j', (members, expected) => {
    expect(outcome(members)).toBe(expected);
  });

  test('a filter may stand beside each, and beside none', () => {
    const Filter = { Include: ['*.gz'] };
    for (const source of [{ Manifest }, { Source }, generatorOf({})]) {
      expect(outcome({ ...source, Filter })).toBe('accepted');
    }
    expect(outcome({ Filter })).toMatch(/Manifest: is required/);
  });

  test('the same holds for templates, whose manifests need no ETag', () => {
    const { ClientRequestToken: _token, Manifest: _manifest, ...others } = jobRequest();
    const Locations = [{ ObjectArn: 'arn:aws:s3:::man/{yyyy}/m.csv' }, { Bucket: 'man', KeyPattern: '{yyyy}/*.csv' }];
    const given = { ...others, Source: { Manifests: { Spec: CSV, Locations } } };
    expect(validateJobTemplate(given, ACCOUNT, rules()).template).toEqual(given);
    expect(() => validateJobTemplate(others, ACCOUNT, rules())).toThrow('Manifest: is required');
  });
});

describe('bounds of sources', () => {
  const keys = (count: number, Key = 'k') => ({ Source: { Keys: Array(count).fill({ Bucket: 'source', Key }) } });
  const prefixes = (...names: string[]) => ({
    Source: { Prefixes: names.map((Prefix) => (Prefix === '' ? { Bucket: 'b' } : { Bucket: 'b', Prefix })) },
  });

  test.each<[string, object, RegExp]>([
    ['1,000 keys', keys(1_000), /^accepted$/],
    ['1,001 keys', keys(1_001), /Source\.Keys: must have at most 1000 entries/],
    ['no keys', keys(0), /Source\.Keys: must not be empty/],
    ['a key of 1,024 bytes', keys(1, 'ä'.repeat(512)), /^accepted$/],
    ['a key of 1,026 bytes', keys(1, 'ä'.repeat(513)), /Source\.Keys\.0\.Key: must have at most 1024 bytes/],
    ['a key that climbs', keys(1, 'a/../../b'), /Source\.Keys\.0\.Key: must not climb/],
    ['keys of more bytes than a request has', keys(300, 'k'.repeat(1_000)), /^EntityTooLarge/],
    ['100 prefixes', prefixes(...Array.from({ length: 100 }, (_, one) => `${one}/`)), /^accepted$/],
    [
      '101 prefixes',
      prefixes(...Array.from({ length: 101 }, (_, one) => `${one}/`)),
      /Source\.Prefixes: must have at most 100 entries/,
    ],
    ['a prefix within a prefix', prefixes('a/', 'b/', 'a/c'), /Prefixes\.2\.Prefix: lies within the prefix 0/],
    ['a prefix within a bucket', prefixes('a/', ''), /Prefixes\.0\.Prefix: lies within the prefix 1/],
    ['the same prefix twice', prefixes('a', 'a'), /Prefixes\.0\.Prefix: lies within the prefix 1/],
    [
      'a bucket that is none',
      { Source: { Prefixes: [{ Bucket: 'arn:aws:s3:::b' }] } },
      /Prefixes\.0\.Bucket: must be the name/,
    ],
    [
      'rows that no report has',
      { Source: { FromJob: { JobId: 'job-1', Rows: 'bad' } } },
      /FromJob\.Rows: must be one of failed/,
    ],
  ])('%s', (_what, members, expected) => {
    expect(outcome(members)).toMatch(expected);
  });
});

describe('manifests', () => {
  const withSpec = (Spec: object) => ({ Manifest: { ...Manifest, Spec } });

  test.each<[object, RegExp]>([
    [{ ...CSV, KeyEncoding: 'Raw', EmptyVersionId: 'Newest' }, /^accepted$/],
    [{ Format: INVENTORY }, /^accepted$/],
    [{ Format: INVENTORY, DeleteMarkers: 'Keep' }, /^accepted$/],
    [{ Format: CSV.Format }, /Manifest\.Spec\.Fields: is required/],
    [{ ...CSV, DeleteMarkers: 'Keep' }, /Spec\.DeleteMarkers: is for the format S3InventoryReport_CSV_20161130 only/],
    [{ ...CSV, Format: INVENTORY }, /Spec\.Fields: is for the format S3BatchOperations_CSV_20180820 only/],
    [{ Format: INVENTORY, KeyEncoding: 'Raw' }, /Spec\.KeyEncoding: is for the format S3BatchOperations/],
    [{ ...CSV, KeyEncoding: 'raw' }, /Spec\.KeyEncoding/],
    [{ Format: 'ORC' }, /Spec\.Format: must be S3BatchOperations_CSV_20180820 or S3InventoryReport_CSV_20161130/],
  ])('%j', (spec, expected) => {
    expect(outcome(withSpec(spec))).toMatch(expected);
    const { Location } = Manifest;
    const several = outcome({ Source: { Manifests: { Spec: spec, Locations: [Location, Location] } } });
    expect(several.replace('Source.Manifests.', 'Manifest.')).toMatch(expected);
  });
});

test('a pattern of manifests that is malformed is named', () => {
  const Locations = [
    { Bucket: 'man', KeyPattern: '*.csv' },
    { Bucket: 'man', KeyPattern: 'a[.csv' },
  ];
  expect(outcome({ Source: { Manifests: { Spec: CSV, Locations } } })).toMatch(
    /^BadRequestException Source\.Manifests\.Locations\.1\.KeyPattern: "a\[\.csv"/,
  );
});

describe('filters that let nothing pass', () => {
  const AFTER = '2026-02-01T00:00:00Z';

  test.each<[object, string | undefined]>([
    [{ CreatedAfter: AFTER, CreatedBefore: '2026-02-01T00:00:01Z' }, undefined],
    [
      { CreatedAfter: AFTER, CreatedBefore: '2026-02-01T02:00:00+02:00' },
      'CreatedBefore: must be later than CreatedAfter',
    ],
    [{ CreatedAfter: AFTER, CreatedBefore: '2026-01-01T00:00:00Z' }, 'CreatedBefore: must be later than CreatedAfter'],
    [{ ObjectSizeGreaterThanBytes: 5, ObjectSizeLessThanBytes: 7 }, undefined],
    [
      { ObjectSizeGreaterThanBytes: 5, ObjectSizeLessThanBytes: 6 },
      'ObjectSizeLessThanBytes: leaves no size above ObjectSizeGreaterThanBytes',
    ],
    [
      { ObjectSizeGreaterThanBytes: 5, ObjectSizeLessThanBytes: 5 },
      'ObjectSizeLessThanBytes: leaves no size above ObjectSizeGreaterThanBytes',
    ],
  ])('%j', (filter, problem) => {
    const expected = (member: string) =>
      problem === undefined ? 'accepted' : `BadRequestException ${member}.${problem}: no object would pass`;
    expect(outcome({ Source, Filter: filter })).toBe(expected('Filter'));
    const generated = 'ManifestGenerator.S3JobManifestGenerator.Filter';
    expect(outcome(generatorOf({ Filter: filter }))).toBe(expected(generated));
  });

  test.each<[object, RegExp]>([
    [{ OlderThanSeconds: 10, NewerThanSeconds: 20 }, /^accepted$/],
    [{ OlderThanSeconds: 20, NewerThanSeconds: 20 }, /Filter\.NewerThanSeconds: must be larger than OlderThanSeconds/],
    [{}, /Filter: must have at least one member/],
    [{ Include: [] }, /Filter\.Include: must not be empty/],
    [{ MatchAnyPrefix: Array(1_001).fill('a') }, /Filter\.MatchAnyPrefix: must have at most 1000 entries/],
    [{ CreatedAfter: '2026-01-01' }, /Filter\.CreatedAfter: must be an ISO 8601 time with a zone/],
    [{ MatchAnyObjectEncryption: [{ SSES3: {}, SSEC: {} }] }, /MatchAnyObjectEncryption\.0: must have exactly one of/],
    [{ MatchAnyObjectEncryption: [{}] }, /MatchAnyObjectEncryption\.0: must have exactly one of/],
    [{ MatchAnyObjectEncryption: [{ NOTSSE: {} }, { SSEKMS: { BucketKeyEnabled: true } }] }, /^accepted$/],
    [{ EligibleForReplication: true, ObjectReplicationStatuses: ['NONE'], Select: 's.size > 1' }, /^accepted$/],
    [{ Colour: 'red' }, /Filter\.Colour: unknown member/],
    [{ Include: ['*.gz', 'a['] }, /^BadRequestException Filter\.Include: "a\["/],
    [{ KeyMatches: '(a' }, /^BadRequestException Filter\.KeyMatches: "\(a": is no RE2 syntax/],
    [{ KeyMatches: '(a)\\1' }, /^BadRequestException Filter\.KeyMatches: /],
  ])('%j', (Filter, expected) => {
    expect(outcome({ Source, Filter })).toMatch(expected);
  });
});

describe('a generator', () => {
  const output = { Bucket: 'arn:aws:s3:::reports-x', ManifestFormat: 'S3InventoryReport_CSV_20211130' };
  const path = 'ManifestGenerator.S3JobManifestGenerator';

  test.each<[object, string]>([
    [{ EnableManifestOutput: true, ManifestOutputLocation: output }, 'accepted'],
    [{ ManifestOutputLocation: { ...output, Bucket: 'arn:aws:s3:::other' } }, 'accepted'],
    [
      { EnableManifestOutput: true },
      `BadRequestException ${path}.ManifestOutputLocation: is required when EnableManifestOutput is true`,
    ],
    [
      { ManifestOutputLocation: { ...output, ManifestEncryption: { SSES3: {}, SSEKMS: { KeyId: 'k' } } } },
      `BadRequestException ${path}.ManifestOutputLocation.ManifestEncryption: must have one of SSES3 and SSEKMS, not both`,
    ],
    [{ Filter: { KeyNameConstraint: { MatchAnyPrefix: ['a', 'b'], MatchAnySuffix: [] } } }, 'accepted'],
    [{ ExpectedBucketOwner: ACCOUNT }, 'accepted'],
    [
      { ExpectedBucketOwner: '999999999999' },
      `BadRequestException ${path}.ExpectedBucketOwner: the buckets of role ${ROLE} belong to account ${ACCOUNT}, not to 999999999999`,
    ],
    [
      { ManifestOutputLocation: { ...output, ExpectedManifestBucketOwner: '999999999999' } },
      `BadRequestException ${path}.ManifestOutputLocation.ExpectedManifestBucketOwner: the buckets of role ${ROLE} belong to account ${ACCOUNT}, not to 999999999999`,
    ],
    [
      { SourceBucket: 'arn:aws:s3:::other' },
      `BucketNotAllowed ${path}.SourceBucket: the role ${ROLE} may not read the bucket other`,
    ],
    [
      { EnableManifestOutput: true, ManifestOutputLocation: { ...output, Bucket: 'arn:aws:s3:::source' } },
      `BucketNotAllowed ${path}.ManifestOutputLocation.Bucket: the role ${ROLE} may not write the bucket source`,
    ],
  ])('%j', (more, expected) => {
    expect(outcome(generatorOf(more), rules(NARROW))).toBe(expected);
  });
});

describe('buckets of sources', () => {
  const refused = (member: string, bucket: string) =>
    `BucketNotAllowed ${member}: the role ${ROLE} may not read the bucket ${bucket}`;
  const workspace = (member: string) =>
    `BucketNotAllowed ${member}: the bucket workspace is Drover's workspace, which no job may use`;

  test.each<[object, string]>([
    [Source, 'accepted'],
    [{ Prefixes: [{ Bucket: 'source' }, { Bucket: 'other' }] }, refused('Source.Prefixes.1.Bucket', 'other')],
    [{ Prefixes: [{ Bucket: 'workspace' }] }, workspace('Source.Prefixes.0.Bucket')],
    [
      { Keys: [...Array<object>(50).fill({ Bucket: 'source', Key: 'a' }), { Bucket: 'other', Key: 'b' }] },
      refused('Source.Keys.50.Bucket', 'other'),
    ],
    [
      {
        Manifests: {
          Spec: CSV,
          Locations: [{ ObjectArn: 'arn:aws:s3:::man/a' }, { ObjectArn: 'arn:aws:s3:::other/a' }],
        },
      },
      refused('Source.Manifests.Locations.1.ObjectArn', 'other'),
    ],
    [
      { Manifests: { Spec: CSV, Locations: [{ Bucket: 'workspace', KeyPattern: '**' }] } },
      workspace('Source.Manifests.Locations.0.Bucket'),
    ],
  ])('%j', (source, expected) => {
    expect(outcome({ Source: source }, rules(NARROW))).toBe(expected);
  });
});

describe('a manifest that was sent', () => {
  const NAME = '0b7c1b1e-1111-4222-8333-444444444444';
  const arn = (key: string) => `arn:aws:s3:::workspace/${key}`;
  const own = arn(uploadedManifestKey(WORKSPACE, ACCOUNT, NAME));

  test('is readable without a role for jobs of its account', () => {
    const Location = { ObjectArn: own, ETag: 'e' };
    expect(outcome({ Manifest: { Spec: CSV, Location } }, rules(NARROW))).toBe('accepted');
    expect(outcome({ Source: { Manifests: { Spec: CSV, Locations: [Location] } } }, rules(NARROW))).toBe('accepted');
    expect(uploadedManifest(WORKSPACE, ACCOUNT, own)).toEqual({
      key: `drover/jobs/manifests/${ACCOUNT}/${NAME}.csv`,
    });
  });

  test.each([
    arn(uploadedManifestKey(WORKSPACE, '999999999999', NAME)),
    own.replace('manifests/', 'manifests/../manifests/'),
    own.replace(NAME, `../999999999999/${NAME}`),
    own.replace(NAME, `x/${NAME}`),
    own.replace('.csv', '.csv/x'),
    own.replace(NAME, 'manifest'),
    own.replace(':workspace/', ':Workspace/'),
    arn(`drover/jobs/${NAME}/manifest-index.bin`),
    arn(`manifests/${ACCOUNT}/${NAME}.csv`),
  ])('no other object of the workspace: %s', (ObjectArn) => {
    expect(uploadedManifest(WORKSPACE, ACCOUNT, ObjectArn)).toBeUndefined();
    const members: Partial<JobRequest> = { Manifest: { Spec: CSV, Location: { ObjectArn, ETag: 'e' } } };
    expect(outcome(members)).toMatch(
      /^BucketNotAllowed Manifest\.Location\.ObjectArn: the bucket [wW]orkspace is Drover's/,
    );
  });
});

test('the examples of the documentation are taken', () => {
  const examples = [jobSource, jobFilter, manifestGenerator].map((schema) => {
    const { examples: own = [] } = schema.meta() ?? {};
    return (own as unknown[]).map((one) => schema.safeParse(one).error?.issues);
  });
  expect(examples.map(({ length }) => length)).toEqual([5, 2, 1]);
  expect(examples.flat()).toEqual(Array(8).fill(undefined));
  const body = { Operation: { S3DeleteObjectTagging: {} }, Source };
  expect(jobRequestBody.safeParse(body).error).toBeUndefined();
});
