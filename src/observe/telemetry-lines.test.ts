import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TelemetryLines } from './telemetry-lines.ts'
import { look } from './testing/telemetry.ts'

describe('lines that somebody else appends', () => {
  let folder = ''
  let file = ''
  let lines = new TelemetryLines('')
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'doorbuster-lines-'))
    file = join(folder, 'live.ndjson')
    lines = new TelemetryLines(file)
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  async function sentences(): Promise<string[]> {
    const read: string[] = []
    await lines.read(({ sentence }) => read.push(sentence))
    return read
  }
  const line = (sentence: string) => `${JSON.stringify(look({ sentence }))}\n`

  it('are each read once, as they come', async () => {
    expect(await sentences()).toEqual([])
    writeFileSync(file, line('one') + line('two'))
    expect(await sentences()).toEqual(['one', 'two'])
    expect(await sentences()).toEqual([])
    appendFileSync(file, line('three'))
    expect(await sentences()).toEqual(['three'])
  })

  it('are read when their end is there, in the middle of a character or not', async () => {
    const bytes = Buffer.from(line('für Größe'))
    const middle = bytes.indexOf(0xc3) + 1
    writeFileSync(file, bytes.subarray(0, middle))
    expect(await sentences()).toEqual([])
    appendFileSync(file, bytes.subarray(middle))
    expect(await sentences()).toEqual(['für Größe'])
  })

  it('are left out and counted where they are no telemetry', async () => {
    writeFileSync(file, `{"schema":"doorbuster.telemetry/9"}\nnonsense\nnull\n${line('good')}`)
    expect(await sentences()).toEqual(['good'])
    expect(lines.notUnderstood).toBe(3)
  })

  it('are read from the beginning where the file was written anew', async () => {
    writeFileSync(file, line('a long first sentence'))
    await sentences()
    writeFileSync(file, line('new'))
    expect(await sentences()).toEqual(['new'])
  })

  it('are read in pieces where they are many', async () => {
    const many = Array.from({ length: 4_000 }, (_, index) => `number ${index}`)
    writeFileSync(file, many.map(line).join(''))
    expect(await sentences()).toEqual(many)
  })
})
