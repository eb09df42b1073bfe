/**
 * Goal: the systemd units start what the package has, with time to end. Method: they are read as text, and by systemd itself where it is.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environmentSchema } from '../../../config/environment';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';

const FOLDER = join(PROJECT_ROOT, 'deploy', 'systemd');
const UNITS = readdirSync(FOLDER).map((name): [string, string] => [name, readFileSync(join(FOLDER, name), 'utf8')]);

test('there is one for the API and one for workers', () => {
  expect(UNITS.map(([name]) => name).sort()).toEqual(['drover-api.service', 'drover-worker@.service']);
});

test.each(UNITS)('%s starts a program of the package, with variables that it knows', (_name, text) => {
  const [, program = ''] = /^ExecStart=\/usr\/bin\/node .*\/node_modules\/drover\/dist\/(\S+)\.js$/m.exec(text) ?? [];
  expect(existsSync(join(PROJECT_ROOT, `${program}.ts`))).toBe(true);
  const [, page = ''] = /^Documentation=file:\/opt\/drover\/node_modules\/drover\/(\S+)$/m.exec(text) ?? [];
  expect(existsSync(join(PROJECT_ROOT, page))).toBe(true);
  const variables = [...text.matchAll(/\b(DROVER_[A-Z_]+)=/g)].map(([, name]) => name);
  expect(variables).not.toEqual([]);
  expect(variables.filter((name) => !Object.keys(environmentSchema.shape).includes(name ?? ''))).toEqual([]);
});

test('a worker has as long to end as in Docker Compose', () => {
  const worker = UNITS.find(([name]) => name.startsWith('drover-worker'))?.[1];
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(worker ?? '')?.[1])).toBeGreaterThanOrEqual(40);
});

// It looks for the programs, too: only where Node is in the place that the units name.
if (spawnSync('systemd-analyze', ['--version']).status === 0 && existsSync('/usr/bin/node')) {
  test('systemd takes them', () => {
    const folder = mkdtempSync(join(tmpdir(), 'drover-units-'));
    try {
      const files = UNITS.map(([name]) => join(folder, name.replace('@.', '@1.')));
      UNITS.forEach(([name], index) => copyFileSync(join(FOLDER, name), files[index]!));
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', ...files], { encoding: 'utf8' });
      expect({ status, said: stderr.split('\n').filter((line) => line.includes('drover')) }).toEqual({
        status: 0,
        said: [],
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}
