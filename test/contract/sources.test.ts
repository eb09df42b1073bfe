/**
 * Goal: all sources behave alike. Each gives its rows in order and in pages of bounded size, goes on at any of its cursors with the same
 * rows, names file, row and cause of what can't be read, and each filter passes the same of its objects, whatever the source tells of
 * them. Method: one bucket of objects, which every source names in its own way, by way of the requests that jobs have.
 */
import type { Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { JobFilter } from '../../contracts/source';
import {
  filtersOf,
  openPart,
  openRowFilter,
  parseBatch,
  type PlannedParts,
  planSource,
  type SourceContext,
  type SourceRow,
} from '../../manifests';
import type { FILTERS } from '../../manifests/filters';
import { compareBytes } from '../../storage/key-order';
import { contextOf, COUNT, KEYS, KMS_KEY, SOURCES, START_MS } from './source-bench';

interface Step {
  readonly strand: number;
  readonly rows: readonly SourceRow[];
  /** Where another attempt goes on after it. */
  readonly state: Json | undefined;
}

interface Read {
  readonly steps: readonly Step[];
  readonly strands: readonly number[];
}

async function readPart(plan: PlannedParts, part: number, context: SourceContext, left?: Json): Promise<Read> {
  const reading = openPart(plan, part, left, context);
  const steps: Step[] = [];
  const take = (strand: number, rows: readonly SourceRow[], taken: () => void): void => {
    taken();
    steps.push({ strand, rows, state: JSON.parse(JSON.stringify(reading.state() ?? null)) as Json });
  };
  await reading.run({
    rows: async (strand, rows, taken) => take(strand, rows, taken),
    raw: async (strand, { bytes }, taken) => {
      const { form } = plan;
      const rows = parseBatch(bytes, form.fields, 0, form).map(({ task: { bucket, key } }) => ({ bucket, key }));
      take(strand, rows, taken);
    },
    leftOut: () => undefined,
  });
  return { steps, strands: reading.strands() };
}

async function readAll(plan: PlannedParts, context: SourceContext): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for (let part = 0; part < plan.parts.length; part++) {
    for (const step of (await readPart(plan, part, context)).steps) rows.push(...step.rows);
  }
  return rows;
}

/** Keys in the order of their strands. */
function keysOf(strands: readonly number[], steps: readonly Step[]): string[] {
  return strands.flatMap((strand) =>
    steps.filter((step) => step.strand === strand).flatMap(({ rows }) => rows.map(({ key }) => key)),
  );
}

async function planOf(name: string, context: SourceContext): Promise<PlannedParts> {
  return JSON.parse(JSON.stringify(await planSource(await SOURCES[name]!.request(), context))) as PlannedParts;
}

describe.each(Object.keys(SOURCES))('%s', (name) => {
  const { keys = KEYS, damaged, asRole = true } = SOURCES[name]!;

  test.each([false, true])('rows in order, in pages, again from any cursor; filtered: %s', async (isFiltered) => {
    const context = contextOf(isFiltered);
    const plan = await planOf(name, context);
    const found: string[] = [];
    for (let part = 0; part < plan.parts.length; part++) {
      const { steps, strands } = await readPart(plan, part, context);
      const own = keysOf(strands, steps);
      found.push(...own);
      for (const at of cuts(steps.length)) {
        const before = steps.slice(0, at + 1);
        const rest = await readPart(plan, part, context, steps[at]!.state ?? undefined);
        expect(keysOf(rest.strands, [...before, ...rest.steps])).toEqual(own);
      }
      if (isFiltered) {
        expect(Math.max(...steps.map(({ rows }) => rows.length))).toBeLessThanOrEqual(LIMITS.source.pageRows);
      }
    }
    expect(found).toEqual(keys);
  });

  test('a bucket that the role may not use', async () => {
    const refused = new Error('the role may not read it');
    const storeFor = (): never => {
      throw refused;
    };
    const context = contextOf(true, { storeFor });
    const read = async () => (await readAll(await planOf(name, context), context)).length;
    await (asRole ? expect(read()).rejects.toBe(refused) : expect(read()).resolves.toBe(keys.length));
  });

  if (damaged) {
    test.each([false, true])('what can’t be read is named; filtered: %s', async (isFiltered) => {
      const context = contextOf(isFiltered);
      const [request, message] = damaged;
      const read = planSource(await request(), context).then((plan) => readAll(plan, context));
      const error: unknown = await read.catch((refused: unknown) => refused);
      expect(error).toMatchObject({ code: expect.stringMatching(/^(InvalidManifestContent|ManifestNotFound)$/) });
      expect((error as Error).message).toMatch(message);
    });
  }
});

/** The first, the last and some between. */
function cuts(count: number): number[] {
  const wanted = [0, Math.floor(count / 3), Math.floor(count / 2), count - 1];
  return [...new Set(wanted)].filter((at) => at >= 0 && at < count);
}

/** Objects that each source has. */
const SOME = new Set(KEYS.filter((key) => key.startsWith('logs/')).slice(0, 200));

const FILTERS_OF: Readonly<Record<keyof typeof FILTERS | 'Select' | 'When', JobFilter>> = {
  ObjectSizeGreaterThanBytes: { ObjectSizeGreaterThanBytes: 20 },
  ObjectSizeLessThanBytes: { ObjectSizeLessThanBytes: 20 },
  CreatedAfter: { CreatedAfter: new Date(START_MS + 100 * 60_000).toISOString() },
  CreatedBefore: { CreatedBefore: new Date(START_MS + 100 * 60_000).toISOString() },
  OlderThanSeconds: { OlderThanSeconds: (COUNT - 100) * 60 },
  NewerThanSeconds: { NewerThanSeconds: (COUNT - 100) * 60 },
  MatchAnyStorageClass: { MatchAnyStorageClass: ['GLACIER'] },
  ObjectReplicationStatuses: { ObjectReplicationStatuses: ['NONE'] },
  EligibleForReplication: { EligibleForReplication: true },
  MatchAnyPrefix: { MatchAnyPrefix: ['logs/0/1'] },
  MatchAnySuffix: { MatchAnySuffix: ['.txt'] },
  MatchAnySubstring: { MatchAnySubstring: ['7'] },
  MatchAnyObjectEncryption: {
    MatchAnyObjectEncryption: [{ SSES3: {} }, { SSEKMS: { KmsKeyArn: KMS_KEY } }],
  },
  Include: { Include: ['logs/*/1*'] },
  Exclude: { Exclude: ['logs/*/1*'] },
  KeyMatches: { KeyMatches: '[04]\\.' },
  Select: { Select: "size > 20 AND storage_class = 'GLACIER'" },
  When: { When: { MatchAllTags: [{ Key: 'team', Value: 'herd' }] } },
};

describe('filters', () => {
  /** By source, its rows of the same objects. */
  const found = new Map<string, readonly SourceRow[]>();
  const context = contextOf(true);

  beforeAll(async () => {
    for (const name of Object.keys(SOURCES)) {
      const rows = (await readAll(await planOf(name, context), context)).filter(({ key }) => SOME.has(key));
      expect([name, rows.length]).toEqual([name, SOME.size]);
      found.set(name, rows);
    }
  });

  test.each(Object.entries(FILTERS_OF))('%s passes the same objects of each source', async (_member, filter) => {
    let first: readonly string[] | undefined;
    for (const [name, rows] of found) {
      const keys = await passing(rows, filter, context);
      first ??= keys;
      expect([name, keys]).toEqual([name, first]);
    }
    expect(first?.length).toBeGreaterThan(0);
    expect(first?.length).toBeLessThan(SOME.size);
  });
});

async function passing(rows: readonly SourceRow[], filter: JobFilter, context: SourceContext): Promise<string[]> {
  const opened = await openRowFilter(filtersOf({ Filter: filter }), context);
  try {
    return (await opened.passing(rows)).rows.map(({ key }) => key).sort(compareBytes);
  } finally {
    await opened.close();
  }
}
