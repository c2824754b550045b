/**
 * Passwords for docker-compose.yml, made once: in `.env`, which compose reads by itself, only this user can read, and git
 * ignores. What stands there already is left alone; what is missing is added.
 */
import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PASSWORD_BYTES = 24
const HEADING =
  '# Made by the set-up for docker-compose.yml, and read by `node --env-file=.env bin/doorbuster.js ... --services external`.\n'

/**
 * In their order; each made of those before it. Ports are not the usual ones, where a server of the system may listen.
 */
const VALUES = {
  POSTGRES_PASSWORD: password,
  POSTGRES_PORT: () => '54329',
  DATABASE_URL: ({ POSTGRES_PASSWORD, POSTGRES_PORT }) =>
    `postgresql://postgres:${encodeURIComponent(POSTGRES_PASSWORD)}@127.0.0.1:${POSTGRES_PORT}/postgres`,
  REDIS_PASSWORD: password,
  REDIS_PORT: () => '63799',
  REDIS_URL: ({ REDIS_PASSWORD, REDIS_PORT }) =>
    `redis://:${encodeURIComponent(REDIS_PASSWORD)}@127.0.0.1:${REDIS_PORT}/0`,
  DOORBUSTER_ADMIN_TOKEN: password,
  GRAFANA_ADMIN_PASSWORD: password,
}

/**
 * @param {string} root of the clone
 * @returns {string[]} names of what was added now
 */
export function writeComposeEnv(root) {
  if (!existsSync(join(root, 'docker-compose.yml'))) return []
  const path = join(root, '.env')
  try {
    return existsSync(path) ? complete(path) : create(path)
  } catch (error) {
    // Another was first, or the clone is somebody else's: compose names what it misses.
    if (['EEXIST', 'EACCES', 'EROFS', 'EPERM'].includes(error.code)) return []
    throw error
  }
}

function create(path) {
  const added = missingOf({})
  // 'wx': of two set-ups at the same time one writes, and neither overwrites.
  writeFileSync(path, HEADING + linesOf(added), { flag: 'wx', mode: 0o600 })
  return Object.keys(added)
}

function complete(path) {
  const text = readFileSync(path, 'utf8')
  const added = missingOf(valuesIn(text))
  if (Object.keys(added).length > 0) {
    appendFileSync(path, (text === '' || text.endsWith('\n') ? '' : '\n') + linesOf(added))
  }
  return Object.keys(added)
}

/** Name -> value of what isn't known. */
function missingOf(known) {
  const all = { ...known }
  const missing = {}
  for (const [name, make] of Object.entries(VALUES)) {
    if (name in all) continue
    all[name] = make(all)
    missing[name] = all[name]
  }
  return missing
}

function linesOf(values) {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** As far as names go, and plain values; the last of a name counts. */
function valuesIn(text) {
  const lines = text.matchAll(/^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=[ \t]*(.*?)[ \t]*\r?$/gm)
  return Object.fromEntries([...lines].map(([, name, value]) => [name, value.replace(/^(["'])(.*)\1$/, '$2')]))
}

/** Of characters that mean nothing in a URL, a shell or a compose file. */
function password() {
  return randomBytes(PASSWORD_BYTES).toString('hex')
}
