import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fullGate } from '../results/testing/gate-records.ts'
import { reportBeside } from './report-beside.ts'
import type { Terminal } from './terminal.ts'

function folderOfGate(): string {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-report-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'gate.json'), JSON.stringify(fullGate()))
  return folder
}

async function saidOf(folder: string, quiet = false): Promise<{ printed: string[]; warned: string[] }> {
  const [printed, warned]: [string[], string[]] = [[], []]
  const terminal = { quiet, print: (text: string) => printed.push(text), warn: (text: string) => warned.push(text) }
  await reportBeside(terminal as unknown as Terminal, folder, 'report:')
  return { printed, warned }
}

describe('the report beside what has ended', () => {
  it('says where it is, and nothing beside one JSON document', async () => {
    const folder = folderOfGate()
    const line = expect.stringMatching(/^report: .*report\.html$/) as string
    expect(await saidOf(folder)).toEqual({ printed: [line], warned: [] })
    expect(await saidOf(folder, true)).toEqual({ printed: [], warned: [] })
  })

  it('is a warning and no error where it cannot be made or written', async () => {
    const taken = folderOfGate()
    mkdirSync(join(taken, 'report.html'))
    const damaged = folderOfGate()
    writeFileSync(join(damaged, 'gate.json'), '{"schema":"doorbuster.gate/1","visits":{}}')
    for (const folder of [taken, damaged, join(taken, 'nowhere')]) {
      const { printed, warned } = await saidOf(folder)
      expect([printed, warned]).toEqual([[], [expect.stringMatching(/^there is no report: /)]])
    }
  })
})
