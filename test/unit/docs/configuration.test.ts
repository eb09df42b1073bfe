/**
 * Goal: docs/run/configuration.md has every setting of the file and every environment variable that config/ reads, with its
 * default, and no other; the example file has every setting and loads. Method: the page's tables are read; `generated.test.ts`
 * holds the generated ones to the schemas.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { cliEnvironmentSchema } from '../../../config/cli';
import { configJsonSchema, credentialSettings, fileSettings, type JsonSchema } from '../../../config/describe';
import { devEnvironmentSchema } from '../../../config/dev';
import { environmentSchema } from '../../../config/environment';
import { loadConfig, loadConfigFile } from '../../../config/load';
import { environmentTable } from '../../../dev/docs/configuration-page';
import { tableRows } from '../../../dev/docs/markdown-table';

const ROOT = join(__dirname, '../../..');
const page = readFileSync(join(ROOT, 'docs/run/configuration.md'), 'utf8');
const EXAMPLE = join(ROOT, 'drover.config.example.yaml');
const example = readFileSync(EXAMPLE, 'utf8');

/** The variables of the stack and of the command line with their defaults; undefined where a variable has none. */
const variables = [devEnvironmentSchema, cliEnvironmentSchema].flatMap((schema) => {
  const defaults: Readonly<Record<string, unknown>> = schema.parse({});
  return Object.keys(schema.shape).map((name) => ({ name, fallback: defaults[name] }));
});
const rows = tableRows(page)
  .filter(([name = '']) => /^`[A-Z][A-Z0-9_]+`$/.test(name))
  .map((cells) => ({ name: (cells[0] ?? '').slice(1, -1), fallback: cells[1] ?? '', meaning: cells.at(-1) ?? '' }));

test('every setting has a meaning, and a default unless it is required', () => {
  const settings = [...fileSettings(), ...credentialSettings()];
  expect(settings.length).toBeGreaterThan(60);
  expect(settings.filter(({ description }) => description.length < 10)).toEqual([]);
  expect(settings.filter(({ fallback, required }) => fallback === '' && !required)).toEqual([]);
});

test('no setting is left out for want of a description', () => {
  const undescribed: string[] = [];
  const walk = (schema: JsonSchema, path: string): void => {
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      // A mapping says what it is by its members.
      if (member.description === undefined && member.properties === undefined) undescribed.push(`${path}${name}`);
      walk(member, `${path}${name}.`);
    }
    for (const inner of [schema.items, schema.additionalProperties, ...(schema.anyOf ?? [])]) {
      if (typeof inner === 'object') walk(inner, path);
    }
  };
  const schema = configJsonSchema();
  walk(schema, '');
  for (const definition of Object.values(schema.$defs ?? {})) walk(definition, '');
  expect(undescribed).toEqual([]);
});

test('what the page calls a default is what is loaded', () => {
  // Without a receiver there are no settings of traces.
  const config = loadConfig({ DROVER_TRACES_ENDPOINT: 'http://127.0.0.1:4318' }) as unknown as Record<string, unknown>;
  const known = fileSettings().filter(({ path, fallback }) => /^`[^`]+`$/.test(fallback) && !/[[<]/.test(path));
  expect(known.length).toBeGreaterThan(10);
  for (const { path, fallback } of known) {
    const loaded = path.split('.').reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], config);
    // In words: another setting's name.
    if (fallback === '`region`') expect(loaded).toBe(config['region']);
    else expect(`${path} \`${String(loaded)}\``).toBe(`${path} ${fallback}`);
  }
});

test('every variable is on the page, and none else', () => {
  const names = new Set([...Object.keys(environmentSchema.shape), ...variables.map(({ name }) => name)]);
  expect([...new Set(rows.map(({ name }) => name))].sort()).toEqual([...names].sort());
});

test('every variable that wins over a setting names one that there is', () => {
  const settings = fileSettings().map(({ path }) => path.replace('<name>', 'default'));
  for (const [name, , setting = ''] of tableRows(environmentTable()).slice(2)) {
    if (name === '`DROVER_CONFIG`') expect(setting).toBe('');
    else expect(settings).toContain(setting.slice(1, -1));
  }
});

test.each(variables.filter(({ fallback }) => fallback !== undefined))(
  '$name: the default is $fallback',
  ({ name, fallback }) => {
    const documented = rows.filter((row) => row.name === name).map((row) => row.fallback);
    expect(documented).toContain(`\`${String(fallback)}\``);
  },
);

test('every row says what the variable means', () => {
  expect(rows.filter(({ meaning }) => meaning.length < 10)).toEqual([]);
});

describe('the example file', () => {
  const names = [...example.replace(/^\s*#.*$/gm, '').matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name = '']) => name);
  const env = Object.fromEntries(names.map((name) => [name, `value-of-${name}`]));

  test('loads, with its variables set, and not without', () => {
    expect(loadConfigFile(EXAMPLE, env).config).toMatchObject({
      region: 'eu-central-1',
      temporal: { apiKey: 'value-of-TEMPORAL_CLOUD_KEY', tls: {} },
      stores: [{ name: 'main' }, { name: 'aws', credentials: { kind: 'assumeRole' } }],
    });
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      expect(() => loadConfigFile(EXAMPLE, { ...env, [name]: '' })).toThrow(`variable ${name} is`);
    }
  });

  test('has every setting', () => {
    // Certificates are in comments: the files are not there.
    const uncommented = example.replace(/^( *)# (tls:| {2}(?=\w+File|serverName)|(?=\w+File|sessionToken))/gm, '$1$2');
    const given = new Set<string>();
    const walk = (value: unknown, path: string): void => {
      if (Array.isArray(value)) for (const item of value) walk(item, `${path}[]`);
      else if (typeof value === 'object' && value !== null) {
        for (const [name, member] of Object.entries(value)) {
          for (const spelled of [name, '<name>']) {
            const inner = path === '' ? spelled : `${path}.${spelled}`;
            given.add(inner);
            walk(member, inner);
          }
        }
      }
    };
    walk(parse(uncommented.replace('  tls: true\n', '')), '');
    expect(
      fileSettings()
        .map(({ path }) => path)
        .filter((path) => !given.has(path)),
    ).toEqual([]);
    const inCredentials = [...given].join('\n');
    for (const { path } of credentialSettings()) {
      expect(inCredentials).toMatch(new RegExp(`redentials\\S*\\.${path}$`, 'm'));
    }
  });
});
