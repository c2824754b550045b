/** Sees to a Redis for what is about to run, by the compiled module that knows how. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { confirmer } from './confirm.js'
import { begin } from './progress.js'

/**
 * @param {string} root
 * @param {{insist: boolean, own: boolean, yes: boolean}} options `insist`: try again although it failed lately, and say so
 *   again; `own`: unpack one although the machine has another
 */
export async function prepareRedis(root, { insist, own, yes }) {
  const { getRedis } = await import(pathToFileURL(join(root, 'dist/src/services/set-up/get-redis.js')).href)
  const result = await getRedis({ env: process.env, insist, own, begin, confirm: confirmer(yes) })
  if (result.kind !== 'none' || result.knownBefore) return
  process.stderr.write(`doorbuster: no Redis: ${result.why}. Strategies that need one are left out.\n${result.ways}\n`)
}
