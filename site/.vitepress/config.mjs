import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';

/** The pages lie in docs/ and beside README.md, and read well there. The site shows the same files. */
const SITE = join(dirname(fileURLToPath(import.meta.url)), '..');
const ROOT = join(SITE, '..');
/** The path on the server, with a `/` at both ends. */
const BASE = option('--base') ?? '/';

/** `first`: pages by name; those that are not named follow. */
const GROUPS = [
  { text: 'Use it', folder: 'use', first: ['tour', 'how-to', 'manifests', 'filters', 'operations', 'api', 'clients'] },
  { text: 'Tutorials', folder: 'tutorials', first: ['seaweedfs', 'aws', 'minio', 'ceph', 'r2', 'b2'] },
  {
    text: 'Run it',
    folder: 'run',
    first: ['installation', 'kubernetes', 'systemd', 'temporal-cloud', 'configuration'],
  },
  { text: 'Understand it', folder: 'understand', first: ['job-lifecycle'] },
  { text: 'Decisions', folder: 'decisions', first: [] },
];

const ROOT_PAGES = ['ARCHITECTURE', 'CONTRIBUTING', 'CHANGELOG'];

/** Files that pages link to and that are no pages: they are taken along. */
const linked = new Set();

export default defineConfig({
  title: 'Drover',
  description: 'S3 Batch Operations for any S3-compatible store, as durable Temporal workflows',
  lang: 'en',
  srcDir: ROOT,
  srcExclude: otherFolders().map((name) => `${name}/**`),
  outDir: join(SITE, 'dist'),
  cacheDir: join(SITE, 'node_modules', '.vitepress'),
  base: BASE,
  rewrites: (page) => page.replace(/(^|\/)README\.md$/, '$1index.md'),
  metaChunk: true,
  markdown: {
    anchor: { slugify: anchorOf },
    // The pages are plain Markdown: nothing in them is HTML, or an expression of Vue.
    html: false,
    config: (md) => {
      const plain = (text = '') => md.utils.escapeHtml(text).replaceAll('{{', '&#123;&#123;');
      md.renderer.rules.text = (tokens, index) => plain(tokens[index]?.content);
      md.renderer.rules.code_inline = (tokens, index) => `<code>${plain(tokens[index]?.content)}</code>`;
      md.core.ruler.push('links', ({ tokens, env }) => {
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          if (token.type === 'link_open') showLink(env.path, token);
        }
      });
    },
  },
  buildEnd: ({ outDir }) => {
    for (const place of linked) {
      const target = join(outDir, 'files', place);
      mkdirSync(dirname(target), { recursive: true });
      cpSync(join(ROOT, place), target);
    }
  },
  vite: {
    // The pages lie outside of this folder, which has what they are made into.
    resolve: {
      alias: [
        { find: /^vue$/, replacement: join(SITE, 'node_modules/vue/dist/vue.runtime.esm-bundler.js') },
        { find: /^vue\/server-renderer$/, replacement: join(SITE, 'node_modules/vue/server-renderer/index.mjs') },
      ],
    },
    build: { chunkSizeWarningLimit: 4_000 },
  },
  themeConfig: {
    search: { provider: 'local', options: { detailedView: true } },
    nav: [
      { text: 'Tour', link: '/docs/use/tour' },
      { text: 'How to', link: '/docs/use/how-to' },
      { text: 'Installation', link: '/docs/run/installation' },
      { text: 'API', link: '/docs/use/api' },
    ],
    sidebar: [
      ...GROUPS.map((group) => ({
        text: group.text,
        collapsed: group.folder === 'decisions',
        items: pagesOf(group),
      })),
      { text: 'Project', items: ROOT_PAGES.map((name) => ({ text: titleOf(`${name}.md`), link: `/${name}` })) },
    ],
    outline: [2, 3],
  },
});

function option(name) {
  const place = process.argv.indexOf(name);
  return place < 0 ? undefined : process.argv[place + 1];
}

function otherFolders() {
  const folders = readdirSync(ROOT, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => name).filter((name) => name !== 'docs');
}

function titleOf(page) {
  return /^# (.+)$/m.exec(readFileSync(join(ROOT, page), 'utf8'))?.[1]?.replaceAll('`', '') ?? page;
}

function pagesOf({ folder, first }) {
  const rank = (name) => (first.includes(name) ? first.indexOf(name) : first.length);
  const names = readdirSync(join(ROOT, 'docs', folder))
    .filter((file) => file.endsWith('.md') && file !== 'README.md')
    .map((file) => file.slice(0, -3));
  const missing = first.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`docs/${folder} has no ${missing.join(', ')}`);
  names.sort((one, other) => rank(one) - rank(other) || one.localeCompare(other));
  return names.map((name) => ({ text: titleOf(`docs/${folder}/${name}.md`), link: `/docs/${folder}/${name}` }));
}

/** As GitHub makes anchors of headings: links with anchors work in both places. */
function anchorOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}

/** A README is the index of its folder, and a file that is no page is taken along. */
function showLink(page, token) {
  const href = token.attrGet('href') ?? '';
  const place = placeOf(page, href);
  if (place === undefined) {
    token.attrSet('href', href.replace(/(^|\/)README\.md(?=#|$)/, '$1index.md'));
    return;
  }
  linked.add(place);
  token.attrSet('href', `${BASE}files/${place}`);
  token.attrSet('target', '_self');
}

/** Path in the project of a file that a page links to; undefined for pages, anchors, and what lies elsewhere. */
function placeOf(page, href) {
  const [path = ''] = decodeURIComponent(href).split('#');
  if (path === '' || /^[a-z]+:|^\/|\.md$/.test(path)) return undefined;
  const file = join(dirname(page), path);
  return existsSync(file) && /\.\w+$|LICENSE$/.test(file) ? relative(ROOT, file) : undefined;
}
