/**
 * Goal: without quirks the store of this suite is the in-memory store, so that what a quirk shows is the quirk's; and quirks come together. Method:
 * each scenario on the in-memory store itself and behind HTTP; two quirks at a time.
 */
import { memoryRoleStores } from '../support/memory-store/store';
import { quirk } from '../support/quirks';
import { quirkBenches } from './bench/benches';
import { contents, run } from './bench/promise';
import { QuirkBench, rowOf, SOURCE, TARGET } from './bench/quirk-bench';
import { arranged, SCENARIOS } from './bench/scenarios';

const open = quirkBenches();

/** The two runs begin to wait at different times. */
const untimed = (outcomes: unknown): unknown =>
  JSON.parse(JSON.stringify(outcomes, (name, value: unknown) => (name === 'since' ? 'then' : value)));

test.each(SCENARIOS.map((scenario) => [scenario.title, scenario] as const))('%s', async (_title, scenario) => {
  const served = await run(scenario, []);
  const bench = await QuirkBench.open([], { ...(scenario.apart && { apart: true }) });
  try {
    const tasks = arranged(bench, scenario);
    const elsewhere = { store: bench.there, buckets: [TARGET] };
    const direct = memoryRoleStores(bench.here, scenario.apart ? { elsewhere } : {});
    const outcomes = scenario.inGroup
      ? await bench.performGroup(scenario.element, tasks, direct)
      : [await bench.perform(scenario.element, tasks[0] ?? rowOf('none'), direct)];
    expect(untimed(served.outcomes)).toEqual(untimed(outcomes));
    expect(served.after).toEqual(contents(bench));
  } finally {
    await bench.close();
  }
});

test('two quirks at a time', async () => {
  const bench = await open([quirk('server-busy-503'), quirk('head-without-tag-count')]);
  bench.here.seed(SOURCE, 'k', 'bytes', { tags: [{ Key: 'k', Value: 'v' }] });
  const element = { S3VerifyObject: { TagSet: [{ Key: 'k', Value: 'v' }] } };
  expect(await bench.perform(element, rowOf('k'))).toMatchObject({ status: 'succeeded' });
  const [proxy] = bench.proxies;
  expect([...(proxy?.fired.keys() ?? [])].sort()).toEqual(['head-without-tag-count', 'server-busy-503']);
});
