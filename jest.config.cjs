const swc = [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
const common = {
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': swc },
  rootDir: __dirname,
  // Compiled output holds copies of everything.
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.drover/'],
};
const globalTeardown = '<rootDir>/test/support/servers/global-teardown.ts';

/**
 * unit      logic, and the contract suite on the in-memory store: no server, seconds
 * temporal  workflows on a real Temporal dev server, activities replaced
 * stack     the whole way on Temporal, SeaweedFS, moto and the official clients
 */
module.exports = {
  reporters: ['default', '<rootDir>/test/support/reporter.cjs'],
  // Two test files at a time: they share a machine with the servers and workers that they drive.
  maxWorkers: 2,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/unit/**/*.test.ts', '<rootDir>/test/contract/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/unit-test-timeout.cjs'],
    },
    {
      ...common,
      displayName: 'temporal',
      testMatch: ['<rootDir>/test/workflows/**/*.test.ts', '<rootDir>/test/replay/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/server-test-timeout.cjs'],
      globalSetup: '<rootDir>/test/support/servers/global-setup.ts',
      globalTeardown,
    },
    {
      ...common,
      displayName: 'stack',
      testMatch: ['<rootDir>/test/stack/**/*.test.ts'],
      setupFilesAfterEnv: ['<rootDir>/test/support/server-test-timeout.cjs'],
      globalSetup: '<rootDir>/test/support/servers/global-setup-stack.ts',
      globalTeardown,
    },
  ],
};
