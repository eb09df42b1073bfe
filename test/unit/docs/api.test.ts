/**
 * Goal: docs/use/api.md has every call of REST and every command of the CLI, and none that is not there. Method: the page's table
 * is compared with the API's routes, and its list of commands with those of the program.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../cli/run';
import { tableRows } from '../../../dev/docs/markdown-table';
import { REST_ROUTES } from '../../../dev/docs/rest-routes';

const page = readFileSync(join(__dirname, '../../../docs/use/api.md'), 'utf8');

test('every call, in the order of the routes', () => {
  const documented = tableRows(page).flatMap(
    ([first = '']) => /^`((?:GET|POST|PUT|DELETE) \/api\/.*)`$/.exec(first)?.[1] ?? [],
  );
  expect(documented).toEqual(REST_ROUTES.map(({ method, path }) => `${method.toUpperCase()} /api${path}`));
});

test('every command', async () => {
  let help = '';
  const stdout = { write: (text: string) => (help += text) } as never;
  await run(['--help'], { terminal: { stdout, stderr: stdout }, stdin: (async function* () {})() });
  const commands = [...help.matchAll(/^ {2}([a-z]+)(?:\|[a-z]+)? /gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(10);
  const documented = /`drover ((?:[a-z]+ \| )+[a-z]+)`/.exec(page)?.[1]?.split(' | ') ?? [];
  expect(documented.sort()).toEqual(commands.sort());
});
