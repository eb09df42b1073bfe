/**
 * Goal: a seed says everything, always the same, and all kinds of jobs, commands and faults come about. Method: the scripts of
 * some hundred seeds.
 */
import { readFileSync } from 'node:fs';
import { LIMITS } from '../../../contracts/limits';
import { parseOperation } from '../../../operations';
import { manifestOf, operationOf, rowsOf } from '../../chaos/rows';
import { describeScript, FAULT_KINDS, JOB_KINDS, scriptOf, type Step } from '../../chaos/script';

const SEEDS = Array.from({ length: 300 }, (_, seed) => seed);
const SCRIPTS = SEEDS.map(scriptOf);

test('a seed is the same script each time, and another one is another', () => {
  for (const seed of SEEDS) expect(scriptOf(seed)).toEqual(SCRIPTS[seed]);
  expect(new Set(SCRIPTS.map((script) => JSON.stringify({ ...script, seed: 0 }))).size).toBe(SEEDS.length);
});

function kindOf(step: Step): string {
  if ('hurt' in step) return `${step.hurt} ${step.parts.join('+')}`;
  if ('sleeper' in step) return 'sleep';
  return 'fault' in step ? step.fault : `${step.command.do} ${step.face}`;
}

test('everything comes about', () => {
  const jobs = new Set(SCRIPTS.flatMap((script) => script.jobs.map(({ kind }) => kind)));
  expect([...jobs].sort()).toEqual([...JOB_KINDS].sort());
  const steps = new Set(SCRIPTS.flatMap((script) => script.steps.map(kindOf)));
  const wanted = [
    ...['create', 'pause', 'resume', 'cancel', 'confirm', 'priority', 'limits', 'tags'].map((name) => `${name} rest`),
    ...['cancel', 'confirm', 'priority', 'tags'].map((name) => `${name} s3control`),
    ...['worker-1', 'worker-2', 'worker-1+worker-2', 'api', 'temporal', 'store'].flatMap((part) => [
      `kill ${part}`,
      `freeze ${part}`,
    ]),
    ...FAULT_KINDS,
    'sleep',
  ];
  expect(wanted.filter((each) => !steps.has(each))).toEqual([]);
});

test('often something is asked of a job just after its workers were killed or frozen', () => {
  const bad = SCRIPTS.filter(({ steps }) =>
    steps.some(
      (hurt) =>
        'hurt' in hurt &&
        hurt.parts.length === 2 &&
        steps.some((step) => 'command' in step && step.atMs > hurt.atMs && step.atMs < hurt.atMs + 2_500),
    ),
  );
  expect(bad.length).toBeGreaterThan(SEEDS.length / 4);
});

test('each job is created before anything else is asked of most of them', () => {
  for (const { jobs, steps } of SCRIPTS) {
    const created = steps.flatMap((step) =>
      'command' in step && step.command.do === 'create' ? step.command.job : [],
    );
    expect(created.sort()).toEqual(jobs.map(({ name }) => name));
  }
});

test('steps are in the order of time, and the text has a line for each', () => {
  for (const script of SCRIPTS) {
    const times = script.steps.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(describeScript(script).split('\n')).toHaveLength(1 + script.jobs.length + script.steps.length);
  }
});

test('every operation is one that Drover accepts', () => {
  for (const kind of JOB_KINDS) {
    const job = SCRIPTS.flatMap((script) => script.jobs).find((each) => each.kind === kind)!;
    expect(parseOperation(operationOf(job) as never)).toBeDefined();
  }
});

test('a manifest has the rows that the plan counts, odd ones among them', () => {
  const plan = { ...SCRIPTS[0]!.jobs[0]!, objects: 30, missing: 2, duplicates: 3, unreadable: 2 };
  const rows = rowsOf(7, plan);
  expect(rows).toHaveLength(37);
  expect(rows.filter(({ isThere }) => isThere)).toHaveLength(33);
  expect(new Set(rows.flatMap(({ key }) => key ?? [])).size).toBe(32);
  expect(rows.filter(({ key }) => key === undefined)).toHaveLength(2);
  expect(manifestOf(rows)).toContain('s7/j1/with%20space\n');
});

test('the limits that are made smaller exist', () => {
  const smaller = [...readFileSync('test/chaos/small-limits.cjs', 'utf8').matchAll(/LIMITS\.(\w+), \{(.*)\}/g)];
  expect(smaller).toHaveLength(3);
  const groups: Record<string, object> = LIMITS;
  for (const [, group = '', members = ''] of smaller) {
    for (const [, name] of members.matchAll(/(\w+): /g)) expect(groups[group]).toHaveProperty(name ?? '');
  }
});
