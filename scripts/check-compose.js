/**
 * Whether docker compose takes docker-compose.yml, with each profile and with all. Part of `npm run check`: where there is
 * no compose nothing is checked, and that is said; where DOORBUSTER_REQUIRE names `compose` its absence fails.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('..', import.meta.url))
const text = readFileSync(`${root}/docker-compose.yml`, 'utf8')
const compose = [['docker', 'compose'], ['docker-compose']].find(([file, ...args]) =>
  succeeds(file, [...args, 'version']),
)

if (compose === undefined) {
  const isRequired = (process.env['DOORBUSTER_REQUIRE'] ?? '').split(',').includes('compose')
  process.stdout.write('no docker compose on this machine: docker-compose.yml was not checked\n')
  process.exitCode = isRequired ? 1 : 0
} else {
  const profiles = [...new Set(Object.values(parse(text).services).flatMap(({ profiles }) => profiles))]
  for (const chosen of [...profiles.map((one) => [one]), profiles]) check(compose, chosen)
}

function check([file, ...before], profiles) {
  const args = [...before, ...profiles.flatMap((profile) => ['--profile', profile]), 'config', '--quiet']
  const { status, stderr } = spawnSync(file, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...required() },
  })
  if (status === 0) return
  process.stdout.write(`${profiles.join(', ')}: ${stderr}`)
  process.exitCode = 1
}

/** A value for each variable that has to have one. */
function required() {
  return Object.fromEntries([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => [name, 'any']))
}

function succeeds(file, args) {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0
}
