/**
 * Goal: package.json describes a package that can be published and started. Method: read it beside the sources. What is made of
 * it is installed and run in test/stack/installation/package.test.ts.
 */
import { readFileSync } from 'node:fs';

interface PackageJson {
  readonly private?: boolean;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson;
const { include } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8')) as { include: string[] };

/** In a checkout only, or, as the workflows, in the bundle. */
const LEFT_OUT = ['dev', 'bench', 'workflows'];

test('it may be published, and says on which Node it runs', () => {
  expect(manifest.private).toBeUndefined();
  expect(manifest.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(manifest.engines.node).toBe('>=20.19');
});

test('its programs are those of the sources, and a shell can start them', () => {
  expect(Object.keys(manifest.bin)).toEqual(['drover', 'drover-api', 'drover-worker']);
  for (const program of Object.values(manifest.bin)) {
    const source = readFileSync(program.replace(/^dist\//, '').replace(/\.js$/, '.ts'), 'utf8');
    expect(source.split('\n')[0]).toBe('#!/usr/bin/env node');
  }
});

/** Built by its own compiler. */
const BUILT_APART = ['console'];

test('it has every room that its programs are made of', () => {
  const rooms = [...include, ...BUILT_APART].filter((room) => !LEFT_OUT.includes(room)).map((room) => `dist/${room}`);
  expect(manifest.files.filter((file) => /^dist\/\w+$/.test(file)).sort()).toEqual(rooms.sort());
  expect(manifest.files).toContain('dist/workflow-bundle.js');
});

test('dependencies have one exact version each, and stand in one place', () => {
  for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies })) {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  }
  const both = Object.keys(manifest.dependencies).filter((name) => Object.hasOwn(manifest.devDependencies, name));
  expect(both).toEqual([]);
});
