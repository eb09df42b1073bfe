/**
 * Goal: a list that is made of a bucket has every key once, or the job fails in words about the store. Method: sources before stores whose
 * paging goes wrong, through the activities of a job; then the rows that its batches would read, compared with the bucket.
 */
import { LIMITS } from '../../contracts/limits';
import { PAGING } from '../support/quirks/paging';
import { quirkBenches } from './bench/benches';
import { preparedRows } from './bench/prepared-rows';
import { type QuirkBench, SOURCE } from './bench/quirk-bench';

jest.setTimeout(10_000);
/** Fewer requests, each of which has the whole bucket behind it. */
Object.assign(LIMITS.listing, { emptyPagesMax: 20, partsAim: 4, streams: 4 });

const open = quirkBenches();
const WORD = "The listing of the bucket source can't be trusted: ";

/** Where orders differ: slashes before and after other characters, code points above and below the surrogates, control characters. */
const KEYS = Array.from({ length: 90 }, (_, index) => {
  const number = String((index * 7) % 90).padStart(4, '0');
  const folder = ['a/b', 'a b', 'a-b', 'a', 'a/b/c', '\u{1f404}', '\uffee', 'a\rb', 'é+%41'][index % 9] ?? '';
  return `${folder}/${number}`;
}).concat(Array.from({ length: 40 }, (_, index) => `flat${index}`));

interface Scenario {
  readonly source: object;
  readonly versioned?: true;
  readonly arrange: (bench: QuirkBench) => readonly string[];
}

function objects({ here }: QuirkBench): readonly string[] {
  for (const key of KEYS) here.seed(SOURCE, key, 'x');
  return KEYS;
}

/** Keys of one version, of several, of more than a page has, and deleted ones. */
function versions({ here }: QuirkBench): readonly string[] {
  const keys = KEYS.slice(0, 60);
  for (const [index, key] of keys.entries()) {
    const count = index === 40 ? 25 : 1 + (index % 3);
    for (let version = 0; version < count; version++) here.seed(SOURCE, key, 'x');
    if (index % 5 === 0) here.seedDeleteMarker(SOURCE, key);
  }
  return keys.flatMap((key) => here.versions(SOURCE, key).map(({ versionId }) => `${key}@${versionId}`));
}

function lists({ here }: QuirkBench): readonly string[] {
  const rows = Array.from({ length: 40 }, (_, index) => `cow-${index}`);
  for (const [index, key] of rows.entries()) {
    here.seed(SOURCE, `lists/${index % 7}/list-${index}.csv`, `herd,${key}\n`);
    here.seed(SOURCE, `lists/${index % 7}/list-${index}.txt`, 'no list');
  }
  return rows;
}

const Spec = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] };
const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'a prefix': { source: { Source: { Prefixes: [{ Bucket: SOURCE }] } }, arrange: objects },
  'all versions': {
    source: { Source: { Prefixes: [{ Bucket: SOURCE }], Versions: 'All' } },
    versioned: true,
    arrange: versions,
  },
  'a generator': {
    source: {
      ManifestGenerator: {
        S3JobManifestGenerator: { SourceBucket: `arn:aws:s3:::${SOURCE}`, EnableManifestOutput: false },
      },
    },
    arrange: objects,
  },
  'manifests by a wildcard': {
    source: { Source: { Manifests: { Spec, Locations: [{ Bucket: SOURCE, KeyPattern: 'lists/**.csv' }] } } },
    arrange: lists,
  },
};

const PAIRS = PAGING.flatMap((quirk) => Object.keys(SCENARIOS).map((name) => [quirk.name, name, quirk] as const));

test.each(PAIRS)('%s, %s', async (_name, scenario, quirk) => {
  const { source, versioned, arrange } = SCENARIOS[scenario]!;
  const bench = await open([quirk]);
  if (versioned) bench.here.createBucket(SOURCE, { versioned });
  const expected = arrange(bench);
  const { failure, rows } = await preparedRows(bench, source);
  expect(bench.fired).toBe(true);
  if (failure === undefined) expect([...rows].sort()).toEqual([...expected].sort());
  else expect(failure).toMatchObject({ code: 'ListingUnreliable', message: expect.stringContaining(WORD) as string });
  if (quirk.promise === 'works') expect(failure).toBeUndefined();
});
