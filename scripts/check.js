/**
 * `npm run check`: types, lint, format, import directions, dead code. Runs all of them, and fails if one did.
 */
import { spawnSync } from 'node:child_process'
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
  { name: 'docker-compose.yml', command: 'node', args: ['scripts/check-compose.js'] },
  { name: 'dead code', command: 'knip', args: ['--no-progress'] },
]

const failed = CHECKS.filter(({ name, command, args }) => {
  const { status, stdout, stderr } = spawnSync(pathOf(command), args, { cwd: root, encoding: 'utf8' })
  process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name}\n`)
  if (status !== 0) process.stdout.write(stdout + stderr)
  return status !== 0
})

function pathOf(command) {
  return command === 'node' ? process.execPath : `node_modules/.bin/${command}`
}

process.exitCode = failed.length === 0 ? 0 : 1
