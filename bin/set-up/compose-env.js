/**
 * Passwords for docker-compose.yml, made once: in `.env`, which compose reads by itself, only this user can read, and git
 * ignores. What stands there already is left alone.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const PASSWORD_BYTES = 24
/** Not the usual ones, where a server of the system may listen. */
const PORTS = { postgres: 54329, redis: 63799 }

/**
 * @param {string} root of the clone
 * @returns {boolean} whether it was written now
 */
export function writeComposeEnv(root) {
  const path = join(root, '.env')
  if (existsSync(path) || !existsSync(join(root, 'docker-compose.yml'))) return false
  try {
    // 'wx': of two set-ups at the same time one writes, and neither overwrites.
    writeFileSync(path, composeEnv(password(), password()), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    // Another was first, or the clone is somebody else's: compose names what it misses.
    if (['EEXIST', 'EACCES', 'EROFS', 'EPERM'].includes(error.code)) return false
    throw error
  }
}

function composeEnv(postgres, redis) {
  return [
    '# Made by the set-up for docker-compose.yml, and read by `node --env-file=.env bin/doorbuster.js ... --services external`.',
    `POSTGRES_PASSWORD=${postgres}`,
    `POSTGRES_PORT=${PORTS.postgres}`,
    `DATABASE_URL=postgresql://postgres:${postgres}@127.0.0.1:${PORTS.postgres}/postgres`,
    `REDIS_PASSWORD=${redis}`,
    `REDIS_PORT=${PORTS.redis}`,
    `REDIS_URL=redis://:${redis}@127.0.0.1:${PORTS.redis}/0`,
    '',
  ].join('\n')
}

/** Of characters that mean nothing in a URL, a shell or a compose file. */
function password() {
  return randomBytes(PASSWORD_BYTES).toString('hex')
}
