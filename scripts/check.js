/**
 * `npm run check`: types, lint, format, import directions, dead code, and what Prometheus and Grafana would say of
 * grafana/. Runs all of them, and fails if one did. What needs a tool that isn't installed is skipped, and said; where
 * DOORBUSTER_REQUIRE names the tool's package, its absence fails.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

const CHECKS = [
  { name: 'types', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'k6 scripts', command: 'tsc', args: ['-p', 'scenarios/k6/tsconfig.json'] },
  { name: 'lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'format', command: 'biome', args: ['format', '.'] },
  {
    name: 'import directions',
    command: 'depcruise',
    args: ['--config', '.dependency-cruiser.cjs', 'src', 'targets'],
  },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
].map(({ command, ...check }) => ({ ...check, command: `node_modules/.bin/${command}` }))

CHECKS.push({ name: 'docker-compose.yml', command: process.execPath, args: ['scripts/check-compose.js'] })

const TOOL_CHECKS = [
  {
    name: 'Prometheus configuration and rules',
    command: 'promtool',
    args: ['check', 'config', 'grafana/prometheus/prometheus.yml', 'grafana/prometheus/prometheus.stack.yml'],
    package: 'prometheus',
  },
  {
    name: 'tests of the rules',
    command: 'promtool',
    args: ['test', 'rules', ...filesIn('grafana/prometheus/tests', '.yml')],
    package: 'prometheus',
  },
  {
    name: 'Alertmanager configuration',
    command: 'amtool',
    args: ['check-config', 'grafana/alertmanager/alertmanager.yml'],
    package: 'alertmanager',
  },
  ...filesIn('grafana/dashboards', '.json').map((file) => ({
    name: file,
    command: 'dashboard-linter',
    args: ['lint', '--strict', file],
    package: 'dashboard-linter',
  })),
]

const required = (process.env.DOORBUSTER_REQUIRE ?? '').split(',').map((name) => name.trim())

const passed = [...CHECKS, ...TOOL_CHECKS].map((check) => runs(check))
process.exitCode = passed.every(Boolean) ? 0 : 1

/** Whether it passed, or could be skipped. */
function runs({ name, command, args, package: from }) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' })
  if (error?.code === 'ENOENT' && from !== undefined && !required.includes(from)) {
    process.stdout.write(`skip   ${name}: there is no ${command}\n`)
    return true
  }
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}\n`)
  if (status !== 0) process.stdout.write(error === undefined ? stdout + stderr : `${error.message}\n`)
  return status === 0
}

function filesIn(folder, ending) {
  return readdirSync(new URL(`../${folder}`, import.meta.url))
    .filter((file) => file.endsWith(ending))
    .map((file) => `${folder}/${file}`)
}
