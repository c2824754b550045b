#!/usr/bin/env node
/**
 * The program `doorbuster`. Plain JavaScript that needs nothing but Node, because in a fresh clone there is nothing
 * else: it sets the clone up where that is needed, then starts the command line.
 */
import { nodeProblem } from './set-up/node-version.js'

const problem = nodeProblem()
if (problem === null) {
  const { runAtTop } = await import('./set-up/last-resort.js')
  await runAtTop(() => start(process.argv.slice(2)))
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 5
}

async function start(argv) {
  const { setUp } = await import('./set-up/set-up.js')
  const { redisNeed } = await import('./set-up/redis-need.js')
  const exitCode = await setUp({ redis: redisNeed(argv), yes: argv.includes('--yes') })
  if (exitCode !== 0) return exitCode
  const { main } = await import('../dist/src/cli/main.js')
  return await main(argv, process.env)
}
