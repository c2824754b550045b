/**
 * Who may import whom: cli -> run -> everything else -> core, and nothing sideways.
 * The fixtures in test/fixtures/directions break each of these rules; test/directions.test.ts proves that each is seen.
 */
const SIBLINGS =
  'scenario|descriptor|load|services|target|ledger|oracle|conformance|race|faults|metrics|observe|results|gate|capacity|compare|report'
const PURE = 'oracle|gate|capacity|compare|report|scenario|descriptor'
const OURS = '^(?:test/fixtures/directions/)?(src|targets)/'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'core-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^(?:test/fixtures/directions/)?src/core/' },
      to: { path: OURS, pathNot: '^(?:test/fixtures/directions/)?src/core/' },
    },
    {
      name: 'siblings-do-not-know-one-another',
      severity: 'error',
      from: { path: `^(?:test/fixtures/directions/)?src/(${SIBLINGS})/` },
      to: { path: '^(?:test/fixtures/directions/)?src/', pathNot: '^(?:test/fixtures/directions/)?src/(core|$1)/' },
    },
    {
      name: 'run-does-not-import-cli',
      severity: 'error',
      from: { path: '^(?:test/fixtures/directions/)?src/run/' },
      to: { path: '^(?:test/fixtures/directions/)?src/cli/' },
    },
    {
      name: 'benches-are-not-imported',
      severity: 'error',
      from: { path: OURS, pathNot: '^(?:test/fixtures/directions/)?src/bench/' },
      to: { path: '^(?:test/fixtures/directions/)?src/bench/' },
    },
    {
      name: 'src-does-not-import-targets',
      severity: 'error',
      from: { path: '^(?:test/fixtures/directions/)?src/' },
      to: { path: '^(?:test/fixtures/directions/)?targets/' },
    },
    {
      name: 'targets-know-only-the-wire',
      severity: 'error',
      from: { path: '^(?:test/fixtures/directions/)?targets/' },
      to: { path: '^(?:test/fixtures/directions/)?src/', pathNot: '^(?:test/fixtures/directions/)?src/core/' },
    },
    {
      name: 'pure-means-no-io',
      severity: 'error',
      from: { path: `^(?:test/fixtures/directions/)?src/(${PURE}|core)/`, pathNot: '\\.test\\.ts$|/testing/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'one-importer-of-prom-client',
      severity: 'error',
      from: { path: '^(?:test/fixtures/directions/)?src/', pathNot: '^(?:test/fixtures/directions/)?src/metrics/' },
      to: { path: '(^|/)node_modules/prom-client/' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: OURS },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: { path: OURS, pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: '\\.test\\.ts$|/testing/' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'], conditionNames: ['import', 'types', 'default'] },
    tsPreCompilationDeps: true,
  },
}
