/**
 * Makes a clone ready to run: packages, then build. In an installed package there is nothing to do: npm brought both.
 */
import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, buildProblem } from './build.js'
import { writeComposeEnv } from './compose-env.js'
import { SetUpFailure } from './failure.js'
import { withLock } from './lock.js'
import { installPackages, packagesProblem } from './packages.js'

/** Of the clone, or of the installed package. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** An installed package holds neither sources nor a compiler's settings. */
function isClone(root) {
  return existsSync(join(root, 'src')) && existsSync(join(root, 'tsconfig.build.json'))
}

export async function prepareClone(root) {
  if (!isClone(root)) return
  const added = writeComposeEnv(root)
  if (added.length > 0) process.stderr.write(`doorbuster: .env: made for docker-compose.yml: ${added.join(', ')}\n`)
  if (isReady(root)) return
  refuseUnwritable(root)
  await withLock(join(root, '.doorbuster/set-up.lock'), async () => {
    const packages = packagesProblem(root)
    if (packages !== null) await installPackages(root, packages)
    const stale = buildProblem(root)
    if (stale !== null) await build(root, stale)
  })
}

function isReady(root) {
  return packagesProblem(root) === null && buildProblem(root) === null
}

function refuseUnwritable(root) {
  try {
    accessSync(root, constants.W_OK)
  } catch {
    throw new SetUpFailure(`${root} has to be set up, and this user may not write there`, {
      hint: 'Run `node bin/set-up.js` as its owner once, or work in a clone of your own.',
    })
  }
}
