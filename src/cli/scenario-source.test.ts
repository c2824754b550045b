import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readScenario } from './scenario-source.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doorbuster-scenario-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a file that a scenario names', () => {
  const scenario = (replay: string): string => {
    const path = join(folder, 'mine.yaml')
    writeFileSync(path, `name: mine\nsale: {stock: 5}\nsteps: [{replay: ${replay}}]\n`)
    return path
  }

  it('stands beside it', () => {
    writeFileSync(join(folder, 'times.txt'), '0\n12.5\n')
    expect(readScenario(scenario('times.txt'), {}).steps[0]?.shape).toMatchObject({ atMs: [0, 12.5] })
  })

  it.each([
    ['times', 'cannot be read (it is not a regular file)'],
    ['no-such-file', 'cannot be read (ENOENT'],
  ])('is refused at its place when it is %s', (replay, sentence) => {
    mkdirSync(join(folder, 'times'))
    expect(() => readScenario(scenario(replay), {})).toThrow(`mine.yaml:3:18  steps[0].replay: ${sentence}`)
  })
})
