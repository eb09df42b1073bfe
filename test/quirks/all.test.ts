/**
 * Goal: a row that says `succeeded` is so in the store, and a row that says `failed` has lost nothing, on any store. Method: every example of
 * every operation on each of the quirks, compared with what it does to a store without quirks, looked at behind the quirks.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Quirk, QUIRKS } from '../support/quirks';
import { broken, type Run, run, shows } from './bench/promise';
import { type Scenario, SCENARIOS } from './bench/scenarios';
import { KNOWN_FAILING } from './known-failing';

// Dozens of scenarios each, on a machine that may have other things to do.
jest.setTimeout(120_000);

/** They show where a request has what no operation sends. */
const NEVER_SENT = ['encryption-taken-for-object-get-bytes', 'start-after-ignored', 'gzips'];

test.each(QUIRKS.map((quirk) => [quirk.name, quirk] as const))('%s', async (name, quirk) => {
  const known = KNOWN_FAILING[name] ?? [];
  const broke: Record<string, string> = {};
  let pairs = 0;
  for (const scenario of SCENARIOS) {
    if (scenario.kind !== undefined && scenario.kind !== quirk.kind) continue;
    const plain = await plainRun(scenario, quirk);
    if (!shows(quirk, plain)) continue;
    pairs += 1;
    const how = broken(quirk, plain, await run(scenario, [quirk], quirk.object));
    if (how !== undefined) broke[scenario.title] = how;
  }
  const isNew = ([title]: readonly [string, string]): boolean => !known.includes(title);
  expect(Object.fromEntries(Object.entries(broke).filter(isNew))).toEqual({});
  // What holds by now is to be taken from the list.
  expect(known.filter((title) => !(title in broke))).toEqual([]);
  expect(pairs > 0).toBe(!NEVER_SENT.includes(name));
});

test('names: each once, and the list of what is known to fail has no others', () => {
  const quirks = QUIRKS.map(({ name }) => name);
  const titles = SCENARIOS.map(({ title }) => title);
  expect(quirks).toEqual([...new Set(quirks)]);
  expect(titles).toEqual([...new Set(titles)]);
  expect(Object.keys(KNOWN_FAILING).filter((name) => !quirks.includes(name))).toEqual([]);
  expect(
    Object.values(KNOWN_FAILING)
      .flat()
      .filter((title) => !titles.includes(title)),
  ).toEqual([]);
});

test('the README says how many there are', () => {
  expect(readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8')).toContain(`${QUIRKS.length} quirks`);
});

const plainRuns = new Map<string, Promise<Run>>();

/** The same for all quirks that do not have objects of their own. */
function plainRun(scenario: Scenario, quirk: Quirk): Promise<Run> {
  const name = quirk.object === undefined ? scenario.title : `${scenario.title} ${quirk.name}`;
  let plain = plainRuns.get(name);
  if (!plain) plainRuns.set(name, (plain = run(scenario, [], plainObject(quirk))));
  return plain;
}

function plainObject({ object, value }: Quirk): Quirk['object'] {
  if (object === undefined || value === undefined) return object;
  return JSON.parse(JSON.stringify(object).replaceAll(value.odd, value.plain)) as Quirk['object'];
}
