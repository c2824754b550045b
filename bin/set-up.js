#!/usr/bin/env node
/**
 * Sets a clone up and does nothing else: packages, build and, with `--for tests`, a Redis. `npm test`,
 * `npm run check` and `npm run bench` begin with it. `--yes` answers what it would ask.
 */
import { nodeProblem } from './set-up/node-version.js'

const problem = nodeProblem()
if (problem === null) {
  const { runAtTop } = await import('./set-up/last-resort.js')
  const { setUp } = await import('./set-up/set-up.js')
  const { testsNeed } = await import('./set-up/redis-need.js')
  const redis = process.argv.includes('tests') ? testsNeed(process.env) : 'no'
  await runAtTop(() => setUp({ redis, yes: process.argv.includes('--yes') }))
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 5
}
