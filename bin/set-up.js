#!/usr/bin/env node
/**
 * Sets a clone up and does nothing else: packages, build and, with `--for tests`, a Redis.
 * `npm test`, `npm run check` and `npm run bench` begin with it.
 */
import { nodeProblem } from './set-up/node-version.js'

const problem = nodeProblem()
if (problem === null) {
  const { setUp } = await import('./set-up/set-up.js')
  process.exitCode = await setUp({ redis: process.argv.includes('tests') ? 'insist' : 'no' })
} else {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 5
}
