/**
 * Goal: Prometheus takes the alert rules and the configuration, and each alert is raised when it should be, and not before. Method: promtool
 * of Debian reads both, and plays `alerts.test.yaml`. That the metrics exist is what monitoring-files.test.ts holds them to.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDevConfig } from '../../../config/dev';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { providePromtool } from '../../../dev/tools/promtool';

const FOLDER = join(PROJECT_ROOT, 'deploy', 'monitoring');
const INSTALL_TIMEOUT_MS = 300_000;

let promtool: string;

beforeAll(async () => {
  promtool = await providePromtool(loadDevConfig());
}, INSTALL_TIMEOUT_MS);

function run(...args: string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(promtool, args, { cwd: FOLDER, encoding: 'utf8' });
  return { status, said: status === 0 ? '' : stdout + stderr };
}

test.each([
  ['check', 'config', 'prometheus.yaml'],
  ['check', 'rules', 'alerts.yaml'],
  ['test', 'rules', 'alerts.test.yaml'],
])('promtool %s %s %s', (...args) => {
  expect(run(...args)).toEqual({ status: 0, said: '' });
});

test('an alert that is not raised would be noticed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drover-alerts-'));
  try {
    const rules = readFileSync(join(FOLDER, 'alerts.yaml'), 'utf8');
    const wrong = rules.replace('drover_store_silent_seconds) > 60', 'drover_store_silent_seconds) > 600');
    expect(wrong).not.toBe(rules);
    writeFileSync(join(folder, 'alerts.yaml'), wrong);
    const tests = join(folder, 'alerts.test.yaml');
    writeFileSync(tests, readFileSync(join(FOLDER, 'alerts.test.yaml'), 'utf8'));
    expect(run('test', 'rules', tests)).toMatchObject({
      status: 1,
      said: expect.stringContaining('DroverStoreSilent'),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
