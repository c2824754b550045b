/** No crash may look like a verdict: a program that ends by its own fault ends with 70, or with what its error says. */
import { spawnSync } from 'node:child_process'
import { expect, it } from 'vitest'

const LAST_RESORT = new URL('../bin/set-up/last-resort.js', import.meta.url).href

function ended(program: string): { status: number | null; stderr: string } {
  const code = `import { runAtTop } from '${LAST_RESORT}'; await runAtTop(${program})`
  return spawnSync(process.execPath, ['--input-type=module', '--eval', code], { encoding: 'utf8' })
}

it.each([
  ['a code of its own', 'async () => 3', 3, /^$/],
  [
    'an error that knows its exit code',
    "async () => { throw Object.assign(new Error('no disk'), { exitCode: 5, hint: 'buy one' }) }",
    5,
    /^doorbuster: no disk\n {2}buy one\n$/,
  ],
  ['an error of ours', 'async () => null.length', 70, /a bug of ours[^]*TypeError/],
  [
    'an error in a callback',
    'async () => { setTimeout(() => null.length); await new Promise((r) => setTimeout(r, 9e3)) }',
    70,
    /TypeError/,
  ],
  ['a rejection that nobody handles', 'async () => { Promise.reject(new Error("lost")); return 0 }', 70, /lost/],
  ['a promise that is never kept', '() => new Promise(() => {})', 70, /nothing is left to wait for/],
])('%s', (_, program, status, stderr) => {
  const result = ended(program)
  expect(result.stderr).toMatch(stderr)
  expect(result.status).toBe(status)
})
