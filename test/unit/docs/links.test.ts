/**
 * Goal: links between the pages lead somewhere. Method: every relative link of every page is looked for in the checkout, and
 * its anchor among the headings of the page it leads to.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const ROOT = join(__dirname, '../../..');

const inRoot = readdirSync(ROOT);
const inDocs = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name));
const pages = [...inRoot, ...inDocs].filter((name) => name.endsWith('.md'));

test.each(pages)('%s', (page) => {
  const dead = linksOf(page).filter((link) => !leadsSomewhere(page, link));
  expect(dead).toEqual([]);
});

test('there are links to look at', () => {
  expect(linksOf('README.md').length).toBeGreaterThan(20);
  expect(leadsSomewhere('README.md', 'docs/nowhere.md')).toBe(false);
  expect(leadsSomewhere('README.md', 'docs/use/api.md#nowhere')).toBe(false);
});

function textOf(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8').replace(/^ *```[\s\S]*?^ *```$/gm, '');
}

function linksOf(page: string): string[] {
  const links = [...textOf(page).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((target) => !/^[a-z]+:/.test(target));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path));
  if (!existsSync(join(ROOT, target))) return false;
  return anchor === undefined || anchorsOf(target).includes(anchor);
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
