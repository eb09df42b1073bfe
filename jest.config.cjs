const swc = [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
/** These are published as ES modules only, which Jest does not load as they are. */
const ES_MODULES = '/node_modules/(?:hyparquet|hyparquet-compressors|hysnappy)/';
const common = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': swc, [`${ES_MODULES}.+\\.js$`]: swc },
  transformIgnorePatterns: [`/node_modules/(?!(?:hyparquet|hyparquet-compressors|hysnappy)/)`],
  rootDir: __dirname,
  // Compiled output holds copies of everything.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.drover/'],
};
const ASSERTIONS_REQUIRED = '<rootDir>/test/support/jest/assertions-required.cjs';
const globalTeardown = '<rootDir>/test/support/servers/global-teardown.ts';

const ON_STACK = {
  setupFilesAfterEnv: [ASSERTIONS_REQUIRED, '<rootDir>/test/support/jest/server-test-timeout.cjs'],
  globalSetup: '<rootDir>/test/support/servers/global-setup-stack.ts',
  globalTeardown,
};

/**
 * unit      logic, and the contract suite on the in-memory store: no server, seconds
 * temporal  workflows on a real Temporal dev server, activities replaced
 * stack     the whole way on Temporal, SeaweedFS, moto and the official clients
 * heavy     stack tests that need the machine for themselves: hundreds of jobs at once, seconds that are counted meanwhile
 */
module.exports = {
  testSequencer: '<rootDir>/test/support/jest/longest-first.cjs',
  reporters: ['default', '<rootDir>/test/support/jest/reporter.cjs'],
  // Three test files at a time: those that wait for servers leave two cores to the others.
  maxWorkers: 3,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/test/unit/**/*.test.ts',
        '<rootDir>/test/contract/**/*.test.ts',
        '<rootDir>/test/quirks/**/*.test.ts',
      ],
      setupFilesAfterEnv: [ASSERTIONS_REQUIRED, '<rootDir>/test/support/jest/unit-test-timeout.cjs'],
    },
    {
      ...common,
      displayName: 'temporal',
      testMatch: ['<rootDir>/test/workflows/**/*.test.ts', '<rootDir>/test/replay/**/*.test.ts'],
      setupFilesAfterEnv: [ASSERTIONS_REQUIRED, '<rootDir>/test/support/jest/server-test-timeout.cjs'],
      globalSetup: '<rootDir>/test/support/servers/global-setup.ts',
      globalTeardown,
    },
    {
      ...common,
      displayName: 'stack',
      testMatch: ['<rootDir>/test/stack/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/stack/heavy/'],
      ...ON_STACK,
    },
    {
      ...common,
      displayName: 'heavy',
      testMatch: ['<rootDir>/test/stack/heavy/*.test.ts'],
      runner: '<rootDir>/test/support/jest/one-at-a-time.cjs',
      ...ON_STACK,
    },
  ],
};
