import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import simpleImportSort from 'eslint-plugin-simple-import-sort';
import tseslint from 'typescript-eslint';

const ROOMS = [
  'contracts',
  'patterns',
  'storage',
  'manifests',
  'reports',
  'operations',
  'config',
  'logging',
  'metrics',
  'tracing',
  'temporal',
  'notifications',
  'workflows',
  'activities',
  'worker',
  'api',
  'checks',
  'cli',
  'console',
  'dev',
  'bench',
  'test',
];

/** What each room may import of ours, besides itself. The drawing is in ARCHITECTURE.md. */
const MAY_IMPORT = {
  contracts: [],
  patterns: ['contracts'],
  config: ['contracts'],
  logging: ['contracts', 'config'],
  temporal: ['contracts', 'config'],
  storage: ['contracts', 'config'],
  manifests: ['contracts', 'patterns', 'storage', 'reports'],
  reports: ['contracts', 'storage'],
  operations: ['contracts', 'patterns', 'storage'],
  notifications: ['contracts', 'config', 'storage'],
  metrics: ['contracts', 'config', 'storage'],
  tracing: ['contracts', 'config', 'logging', 'storage'],
  workflows: ['contracts'],
  activities: ['contracts', 'storage', 'manifests', 'reports', 'operations', 'notifications'],
  worker: [
    'contracts',
    'config',
    'logging',
    'metrics',
    'tracing',
    'temporal',
    'storage',
    'activities',
    'operations',
    'notifications',
  ],
  api: [
    'contracts',
    'config',
    'logging',
    'metrics',
    'tracing',
    'temporal',
    'storage',
    'operations',
    'manifests',
    'reports',
    'notifications',
  ],
  checks: ['contracts', 'config', 'temporal', 'storage'],
  cli: ['contracts', 'config', 'operations', 'checks'],
  // It runs in the browser, and knows the REST API alone.
  console: [],
  dev: ROOMS.filter((room) => !['test', 'bench', 'console'].includes(room)),
  bench: ROOMS.filter((room) => room !== 'test'),
};

/** Rooms whose sources only a checkout has: their packages may be development dependencies. The console's are in its built files. */
const NOT_IN_THE_PACKAGE = ['test/**', 'dev/**', 'bench/**', 'console/**'];

/** Packages that a room must not touch, as regular expressions over the module's name, each with the reason the message gives. */
const FORBIDDEN_PACKAGES = {
  contracts: [['^(?!\\.|zod$)', 'contracts/ is part of the workflow bundle: no packages but the schema library.']],
  workflows: [
    [
      '^node:|^(assert|buffer|child_process|crypto|events|fs|https?|net|os|path|process|stream|timers|url|util|zlib)(/|$)',
      'Workflows run in an isolate without Node.',
    ],
    [
      '^(express|undici|pino|prom-client|uuid|@temporalio/(activity|client|worker|testing))(/|$)',
      'Not deterministic: do it in an activity.',
    ],
  ],
  operations: [['^@temporalio/', 'An operation knows nothing of how it is run.']],
};

const TRACING = [
  '^@(opentelemetry/|temporalio/interceptors-opentelemetry)',
  'OpenTelemetry is spoken in tracing/ and by the interceptors of workflows/.',
];
const AWS_SDK = ['^@(aws-sdk|smithy)/', 'The AWS SDK is spoken in storage/, notifications/ and api/s3control/ only.'];
const HAS_AWS_SDK = ['storage', 'notifications', 'dev', 'bench'];

const INDEX = ['\\w/index$', 'Name the folder: its index is meant.'];

function restrictedImports(room, { awsSdk = HAS_AWS_SDK.includes(room) } = {}) {
  const foreign = ROOMS.filter((other) => other !== room && !MAY_IMPORT[room].includes(other));
  const rules = [
    [`^(\\.\\./)+(${foreign.join('|')})(/|$)`, `${room}/ imports only ${['itself', ...MAY_IMPORT[room]].join(', ')}.`],
    INDEX,
    ...(FORBIDDEN_PACKAGES[room] ?? []),
    ...(awsSdk ? [] : [AWS_SDK]),
    ...(['tracing', 'workflows'].includes(room) ? [] : [TRACING]),
  ];
  const patterns = rules.map(([regex, message]) => ({ regex, message }));
  return { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] };
}

export default tseslint.config(
  { ignores: ['console/client/schema.d.ts', 'dist/', 'site/dist/', 'coverage/', '.drover/', 'bench/results/'] },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX, 'simple-import-sort': simpleImportSort },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.js', '.cjs'] })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
    },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-shadow': 'error',
      'no-restricted-globals': ['error', { name: 'event', message: 'Name the parameter.' }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', prefer: 'type-imports' },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-definitions': 'off',
      // The reason of an AbortSignal is passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-default-export': 'error',
      // What users install has no development dependencies.
      'import-x/no-extraneous-dependencies': [
        'error',
        { devDependencies: NOT_IN_THE_PACKAGE, optionalDependencies: false, peerDependencies: false },
      ],
      'import-x/no-duplicates': ['error', { 'prefer-inline': true }],
      // One block: Node's modules, packages, ours from afar to near.
      'simple-import-sort/imports': ['error', { groups: [['^\\u0000', '^node:', '^@?\\w', '^', '^\\.\\.', '^\\.']] }],
      complexity: ['error', { max: 18, variant: 'modified' }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in config/ only.' },
      ],
    },
  },
  ...Object.keys(MAY_IMPORT).map((room) => ({ files: [`${room}/**/*.{ts,tsx}`], rules: restrictedImports(room) })),
  { files: ['api/s3control/**/*.ts'], rules: restrictedImports('api', { awsSdk: true }) },
  {
    // Absent in the isolate, or different on replay.
    files: ['workflows/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', 'process', 'fetch', 'Buffer', 'setImmediate', 'require'] },
  },
  // Loops over bytes: the index is within bounds by the loop's own condition.
  { files: ['manifests/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['config/**/*.ts'], rules: { 'no-restricted-properties': 'off' } },
  {
    files: ['console/**/*.tsx'],
    extends: [reactHooks.configs.flat.recommended],
    // It warns of what React's compiler would skip; the console is built without it.
    rules: { 'react-hooks/incompatible-library': 'off' },
  },
  { files: ['console/vite.config.mjs'], languageOptions: { globals: { process: 'readonly', URL: 'readonly' } } },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ regex: INDEX[0], message: INDEX[1] }] }],
      'no-restricted-globals': [
        'error',
        { name: 'event', message: 'Name the parameter.' },
        ...['it', 'fit', 'xit', 'xtest', 'fdescribe', 'xdescribe'].map((name) => ({
          name,
          message: 'Write test or describe.',
        })),
      ],
      'no-restricted-properties': [
        'error',
        ...['test', 'describe'].flatMap((object) => [
          { object, property: 'only', message: 'The other tests would not run.' },
          {
            object,
            property: 'skip',
            message: 'A test that needs a tool fails without it: nobody sees what is skipped.',
          },
        ]),
      ],
      'max-lines-per-function': 'off',
      // A case gives its own things the usual names.
      '@typescript-eslint/no-shadow': 'off',
      '@typescript-eslint/unbound-method': 'off',
      // Fakes and partial answers are what tests are made of.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  // Jest loads its hooks as default exports.
  { files: ['test/support/servers/global-*.ts'], rules: { 'import-x/no-default-export': 'off' } },
  {
    files: ['**/*.cjs', 'test/support/lambda/*.js'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: {
        Buffer: 'readonly',
        require: 'readonly',
        module: 'writable',
        jest: 'readonly',
        beforeEach: 'readonly',
        expect: 'readonly',
        exports: 'writable',
        __dirname: 'readonly',
        process: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
  prettier,
  // After Prettier's own settings, which turn it off: where Prettier breaks a statement, braces hold it together.
  { rules: { curly: ['error', 'multi-line'] } },
);
