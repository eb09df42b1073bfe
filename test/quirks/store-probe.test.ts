/**
 * Goal: `drover store probe` tells what a store understands, touches nothing but its scratch objects, and leaves none. Method: the command
 * line on a plain store and on ones with quirks, and what they have and were asked.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { quirk } from '../support/quirks';
import { type Ended, runCli } from '../unit/cli/run-cli';
import { ConfigFolder } from '../unit/config/config-folder';
import { quirkBenches } from './bench/benches';
import { type QuirkBench, SOURCE } from './bench/quirk-bench';

const open = quirkBenches();
let folder: ConfigFolder;
beforeEach(() => {
  folder = new ConfigFolder();
});
afterEach(() => folder.remove());

const PLAIN = {
  checksumHeaders: true,
  multiDelete: true,
  contentMd5: false,
  confirmsDeletion: true,
  conditionalPut: true,
  conditionalCopy: true,
  conditionalComplete: true,
  conditionalDelete: true,
  conditionalSource: true,
  listingOrder: 'bytes',
  startAfter: true,
  metadataUtf8: true,
};

function probe(bench: QuirkBench, ...options: readonly string[]): Promise<Ended> {
  const [{ url } = { url: '' }] = bench.proxies;
  const credentials = '{accessKeyId: a, secretAccessKey: b}';
  const file = folder.write(
    'drover.config.yaml',
    `stores: {odd: {endpoint: '${url}', credentials: ${credentials}, buckets: [${SOURCE}]}}\nworkspace: {store: odd}`,
  );
  return runCli(['store', 'probe', 'odd', '--file', file, ...options]);
}

test.each<readonly [string, readonly string[], Partial<typeof PLAIN>]>([
  ['S3 to the letter', [], {}],
  ['checksums are refused', ['checksums-refused-400'], { checksumHeaders: false, contentMd5: undefined as never }],
  [
    'conditions are refused',
    ['conditions-refused-501'],
    { conditionalPut: false, conditionalCopy: false, conditionalComplete: false, conditionalDelete: false },
  ],
  ['If-Match on deletes is refused', ['conditional-delete-refused-501'], { conditionalDelete: false }],
  [
    'conditions are ignored',
    ['conditions-ignored', 'copy-conditions-ignored'],
    {
      conditionalPut: false,
      conditionalCopy: false,
      conditionalComplete: false,
      conditionalDelete: false,
      conditionalSource: false,
    },
  ],
  ['Content-MD5 is wanted', ['content-md5-wanted'], { contentMd5: true }],
  ['start-after is ignored', ['start-after-ignored'], { startAfter: false }],
  ['deletions do nothing', ['delete-objects-does-nothing'], { confirmsDeletion: false }],
])('%s', async (_name, quirks, differences) => {
  const bench = await open(quirks.map(quirk));
  bench.here.seed(SOURCE, 'a', 'mine');
  bench.here.seed(SOURCE, 'drover-probe/a', 'mine');
  const { code, stdout } = await probe(bench, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ store: 'odd', bucket: SOURCE, left: [] });
  const { profile } = JSON.parse(stdout) as { readonly profile: object };
  expect(profile).toEqual(JSON.parse(JSON.stringify({ ...PLAIN, ...differences })));
  expect(code).toBe(0);
  expect(bench.here.allKeys(SOURCE)).toEqual(['a', 'drover-probe/a']);
  const objects = bench.requests.map(({ path }) => path).filter((path) => path.split('/').length > 2);
  expect(
    objects.filter((path) => !/^\/source\/drover-probe\/[0-9a-f-]{36}\//.test(path) && path !== '/source/'),
  ).toEqual([]);
});

test('a store without DeleteObjects; the table, and the file', async () => {
  const bench = await open([quirk('delete-objects-501')]);
  const path = join(folder.path, 'profile.yaml');
  const { code, stdout } = await probe(bench, '--write', path);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^multiDelete +false +501 NotImplemented/m);
  expect(stdout).toMatch(/^listingOrder +bytes/m);
  expect(stdout).toMatch(/^restoreInListings +unknown/m);
  const written = parse(readFileSync(path, 'utf8')) as { stores: { odd: { profile: object } } };
  expect(written.stores.odd.profile).toMatchObject({ multiDelete: false, conditionalPut: true });
  expect(await probe(bench, '--write', path)).toMatchObject({ code: 2, stderr: expect.stringMatching(/exists/) });
});

test.each([
  [['--prefix', 'x'], /must end in/],
  [['--file', 'none'], /cannot be read/],
])('%j is refused before anything is sent', async (options, message) => {
  const bench = await open([]);
  expect(await probe(bench, ...options)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  expect(bench.requests).toEqual([]);
});
