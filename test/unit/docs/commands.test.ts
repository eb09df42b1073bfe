/**
 * Goal: what the pages tell people to type is there. Method: each `drover` command in a block of shell is looked up, with its options, in the
 * help of the command line.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../../cli/run';

const ROOT = join(__dirname, '../../..');
const DOCS = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name));
const PAGES = ['README.md', ...DOCS].filter((name) => name.endsWith('.md'));

/** Lines that begin with it, or have it in a pipe or in `$(…)`; quoted texts and comments are left out. */
function commandsOf(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const blocks = [...text.matchAll(/^```(?:sh|bash)\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  return blocks
    .flatMap((block) => block.replaceAll('\\\n', ' ').split('\n'))
    .flatMap((line) =>
      line
        .replace(/'[^']*'|"[^"$]*"/g, 'TEXT')
        .replace(/\s#.*$/, '')
        .split(/\||&&|\$\(|\)/),
    )
    .map((command) => command.trim())
    .filter((command) => /^drover\s/.test(command));
}

const COMMANDS = PAGES.flatMap((page) => commandsOf(page).map((command): [string, string] => [page, command]));

async function helpOf(...words: string[]): Promise<string> {
  let help = '';
  const stdout = { write: (text: string) => (help += text) } as never;
  await run([...words, '--help'], { terminal: { stdout, stderr: stdout }, stdin: (async function* () {})() });
  return help;
}

test('there are commands to look at', () => {
  expect(COMMANDS.length).toBeGreaterThan(60);
});

test.each(COMMANDS)('%s: %s', async (_page, command) => {
  const words = command.split(/\s+/).slice(1);
  const general = words.filter((word) => ['--json', '--help', '--version'].includes(word));
  const [name = '', sub = ''] = words.filter((word) => !general.includes(word));
  if (name === '') {
    expect(general).not.toEqual([]);
    return;
  }
  const hasParts = ['schedule', 'config', 'store', 'vault'].includes(name);
  const help = await helpOf(name, ...(hasParts ? [sub] : []));
  expect(help).toContain(`Usage: drover ${name}`);
  const unknown = words.filter((word) => word.startsWith('--') && !general.includes(word) && !help.includes(word));
  expect(unknown).toEqual([]);
});
