/**
 * Goal: docs/use/api.md has every call of REST and every command of the CLI, and none that is not there. Method: the page's table
 * is compared with the routes that the API mounts, and its list of commands with those of the program.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { restRoutes } from '../../../api/rest/routes/index';
import { pauseAllRoutes } from '../../../api/rest/routes/pause-all';
import { scheduleRoutes } from '../../../api/rest/routes/schedules';
import { sessionRoutes } from '../../../api/rest/routes/session';
import { systemRoute } from '../../../api/rest/routes/system';
import { run } from '../../../cli/run';
import { tableRows } from '../../../dev/docs/markdown-table';

const page = readFileSync(join(__dirname, '../../../docs/use/api.md'), 'utf8');
const none = undefined as never;
const routes = restRoutes(
  {
    service: none,
    rules: none,
    objects: none,
    reports: none,
    uploads: none,
    previews: none,
    vaults: none,
    temporalUi: none,
  },
  [
    ...pauseAllRoutes(none),
    ...scheduleRoutes({ schedules: none, rules: none }),
    systemRoute({ system: none }),
    ...sessionRoutes({ keys: none, now: none }),
  ],
);

test('every call, in the order of the routes', () => {
  const documented = tableRows(page).flatMap(
    ([first = '']) => /^`((?:GET|POST|PUT|DELETE) \/api\/.*)`$/.exec(first)?.[1] ?? [],
  );
  expect(documented).toEqual(routes.map(({ method, path }) => `${method.toUpperCase()} /api${path}`));
});

test('every command', async () => {
  let help = '';
  const stdout = { write: (text: string) => (help += text) } as never;
  await run(['--help'], { terminal: { stdout, stderr: stdout }, stdin: (async function* () {})() });
  const commands = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(10);
  const documented = /`drover ((?:[a-z]+ \| )+[a-z]+)`/.exec(page)?.[1]?.split(' | ') ?? [];
  expect(documented.sort()).toEqual(commands.sort());
});
