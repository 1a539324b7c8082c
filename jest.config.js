const root = import.meta.dirname;

/** Packages that are ES modules only, or import as those do: Jest runs CommonJS, so these are transformed like our own sources. */
const esModulesOnly = ['uuid', '@opentelemetry/otlp-exporter-base', 'openid-client', 'oauth4webapi', 'jose'];

/** Tests that need a real database carry one of these endings; all others run without any part started. */
const onDatabase = '{api,events,database}.test.ts';

const transform = {
  '\\.[cm]?[jt]s$': [
    '@swc/jest',
    {
      module: { type: 'commonjs' },
      jsc: { target: 'es2024', parser: { syntax: 'typescript' }, transform: { useDefineForClassFields: true } },
      sourceMaps: 'inline',
      swcrc: false,
    },
  ],
};

/** One database server for all workers of a suite. */
const withDatabase = {
  globalSetup: '<rootDir>/packages/testing/src/database.setup.ts',
  globalTeardown: '<rootDir>/packages/testing/src/database.teardown.setup.ts',
};

/** The one shape of every suite: where its tests are, and what it starts before and ends after. */
function suite(displayName, testMatch, globals = {}) {
  return {
    displayName,
    rootDir: root,
    testEnvironment: 'node',
    testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
    transform,
    transformIgnorePatterns: [`/node_modules/(?!(?:${esModulesOnly.join('|')})/)`],
    modulePathIgnorePatterns: ['<rootDir>/.souk/'],
    ...globals,
  };
}

export default {
  maxWorkers: '100%',
  // A deadline for what hangs, not a measure: a busy machine must not turn a right answer red.
  testTimeout: 60_000,
  projects: [
    suite('architecture', ['tests/architecture/**/*.test.ts']),
    suite('unit', [
      'packages/*/test/**/!(*.{api,events,database}).test.ts',
      'services/*/test/**/*.rules.test.ts',
      'tests/replay/**/*.test.ts',
    ]),
    suite('component', [`packages/*/test/**/*.${onDatabase}`, `services/*/test/**/*.${onDatabase}`], withDatabase),
    suite('contract', ['tests/contract/**/*.test.ts'], withDatabase),
    suite('deploy', ['tests/deploy/**/*.test.ts']),
    suite('e2e', ['tests/e2e/**/*.test.ts', 'tests/faults/**/*.test.ts']),
    // Visits to an installed platform: `npm run test:cluster` runs them.
    suite('cluster', ['tests/cluster/**/*.visit.ts']),
    // Visits to containers: `npm run test:containers` runs them, where a Docker engine answers.
    suite('containers', ['tests/containers/**/*.visit.ts'], { globalSetup: '<rootDir>/tests/containers/engine.setup.ts' }),
  ],
};
