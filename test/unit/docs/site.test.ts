/**
 * Goal: the site shows every page, and its navigation leads to pages. Method: the site's own configuration is loaded without VitePress, and
 * its links are compared with the pages that there are. `npm run docs:site` builds it; links within pages are those of links.test.ts.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';

interface Link {
  readonly text: string;
  readonly link: string;
}
interface Theme {
  readonly nav: readonly Link[];
  readonly sidebar: readonly { readonly text: string; readonly items: readonly Link[] }[];
}

/** In a process of its own: it is a module of the web's kind, which Jest does not load. */
function theme(): Theme {
  const stub = 'data:text/javascript,export const defineConfig = (config) => config';
  const hooks = `export const resolve = (name, context, next) =>
    name === 'vitepress' ? { url: ${JSON.stringify(stub)}, shortCircuit: true } : next(name, context)`;
  const config = pathToFileURL(join(PROJECT_ROOT, 'site', '.vitepress', 'config.mjs')).href;
  const script = `
    import { register } from 'node:module';
    register(${JSON.stringify(`data:text/javascript,${encodeURIComponent(hooks)}`)});
    const { default: { themeConfig } } = await import(${JSON.stringify(config)});
    console.log(JSON.stringify(themeConfig));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }),
  ) as Theme;
}

const { nav, sidebar } = theme();

test('the navigation leads to pages', () => {
  const links = [...nav, ...sidebar.flatMap(({ items }) => items)].map(({ link }) => link);
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter((link) => !existsSync(join(PROJECT_ROOT, `${link}.md`)))).toEqual([]);
});

test('every page of docs/ stands in it once, under its title', () => {
  const items = sidebar.flatMap((group) => group.items);
  const pages = readdirSync(join(PROJECT_ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md') && !file.endsWith('README.md'))
    .map((file) => `/docs/${file.slice(0, -3)}`);
  expect(
    items
      .map(({ link }) => link)
      .filter((link) => link.startsWith('/docs/'))
      .sort(),
  ).toEqual(pages.sort());
  expect(items.filter(({ text }) => text === '' || text.endsWith('.md'))).toEqual([]);
});
