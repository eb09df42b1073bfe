/**
 * Goal: board and alert rules ask for what there is. Method: each expression is read by Prometheus's own grammar, and each name in it
 * is looked up among the families that API and workers print.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { knownMetrics, metricsIn } from '../../support/promql';

const FOLDER = join(PROJECT_ROOT, 'deploy', 'monitoring');

interface Rules {
  readonly groups: readonly { readonly rules: readonly Record<string, unknown>[] }[];
}
interface Board {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

function read(...path: string[]): string {
  return readFileSync(join(FOLDER, ...path), 'utf8');
}

const RULES = (parse(read('alerts.yaml')) as Rules).groups.flatMap(({ rules }) => rules);
const PANELS = readdirSync(join(FOLDER, 'grafana', 'dashboards')).flatMap(
  (file) => (JSON.parse(read('grafana', 'dashboards', file)) as Board).panels,
);
const EXPRESSIONS: [string, string][] = [
  ...RULES.map(({ alert, expr }): [string, string] => [String(alert), String(expr)]),
  ...PANELS.flatMap(({ title, targets = [] }) => targets.map(({ expr }): [string, string] => [title, expr])),
];

/** Names of the SDK's own metrics on the board: test/stack/installation/logs-and-metrics.test.ts looks for them on a worker's page. */
const OF_TEMPORAL = /^temporal_/;

test('there are rules and panels', () => {
  expect(RULES.length).toBeGreaterThan(5);
  expect(PANELS.length).toBeGreaterThan(20);
});

test.each(EXPRESSIONS)('%s: %s', async (_where, expression) => {
  const { metrics, errors } = await metricsIn(expression);
  expect(errors).toEqual([]);
  expect(metrics.length).toBeGreaterThan(0);
  const present = knownMetrics();
  expect(metrics.filter((name) => !present.has(name) && !OF_TEMPORAL.test(name))).toEqual([]);
});

test('each alert says what it means and what to do', () => {
  for (const { annotations, labels } of RULES as { annotations?: object; labels?: object }[]) {
    expect(annotations).toEqual({ summary: expect.any(String), description: expect.any(String) });
    expect(labels).toEqual({ severity: expect.stringMatching(/^(critical|warning|info)$/) });
  }
});

test('each alert is tried: test/stack/installation/alerts.test.ts plays the file', () => {
  const tests = read('alerts.test.yaml');
  expect(RULES.filter(({ alert }) => !tests.includes(`alertname: ${String(alert)}\n`))).toEqual([]);
});

test('docs/run/monitoring.md has a row for every metric of Drover', () => {
  const page = readFileSync(join(PROJECT_ROOT, 'docs', 'run', 'monitoring.md'), 'utf8');
  const own = [...knownMetrics()].filter((name) => name.startsWith('drover_'));
  const rows = new Set([...page.matchAll(/^\| `(drover_\w+)` /gm)].map(([, name]) => name));
  const families = new Set(
    own.map((name) => (/_duration_seconds_/.test(name) ? name.replace(/_(bucket|sum|count)$/, '') : name)),
  );
  expect([...rows].sort()).toEqual([...families].sort());
});
