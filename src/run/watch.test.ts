import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Telemetry } from '../core/telemetry.ts'
import { watchSale, type WatchOptions } from './watch.ts'
import { WatchFolder } from './watch-folder.ts'

async function* batches(lines: readonly string[]): AsyncGenerator<readonly string[]> {
  for (const line of lines) yield [line]
}

function watching(lines: AsyncIterable<readonly string[]>, options: Partial<WatchOptions> = {}): WatchOptions {
  return {
    terms: {
      initialStock: 2,
      perUserLimit: null,
      reads: { kind: 'linearizable' },
      timeoutMs: 100,
      clockErrorMs: 0,
      seed: 1,
    },
    lines,
    signal: new AbortController().signal,
    endReading: new AbortController(),
    failFast: false,
    // Nothing is found in these.
    folder: new WatchFolder({ out: '/nowhere' }, { kind: 'linearizable' }),
    source: {
      kind: 'watch',
      runId: 'r1',
      scenario: 'watch',
      target: 'stdin',
      engine: 'watch',
      model: 'open',
      stores: {},
      objectives: {},
    },
    sinks: [],
    observer: {},
    ...options,
  }
}

const SOLD = '{"op":"buy","requestId":"r1","invokedAt":0,"completedAt":5,"outcome":"sold"}'
const READ_AT = (sentAt: number): string => `{"op":"read","invokedAt":${sentAt},"completedAt":${sentAt + 3},"value":1}`
const UNKNOWN = (number: number): string =>
  `{"op":"buy","requestId":"q${number}","invokedAt":0,"completedAt":null,"outcome":"unknown"}`

describe('a watch', () => {
  it('tells of what is wrong with no further line: time goes on, and the stream stays open', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'doorbuster-test-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    let hearOf: (check: string) => void = () => undefined
    const heard = new Promise<string>((resolve) => {
      hearOf = resolve
    })
    const read = '{"op":"read","invokedAt":1000,"completedAt":1003,"value":2}'
    async function* lines(): AsyncGenerator<readonly string[]> {
      yield [SOLD, read]
      await heard
    }
    const finished = await watchSale(
      watching(lines(), {
        folder: new WatchFolder({ out: join(folder, 'found') }, { kind: 'linearizable' }),
        observer: { found: ({ fault }) => hearOf(fault.check) },
      }),
    )
    expect(await heard).toBe('linearizable')
    expect(finished).toMatchObject({ verdict: 'wrong', exitCode: 1 })
    const [violation] = readFileSync(join(folder, 'found', 'violations.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
    expect(JSON.parse(violation!)).toMatchObject({
      check: 'linearizable',
      file: '001-linearizable.ndjson',
      verifies: true,
    })
  })
})

describe('the time of a watch where no line comes', () => {
  /** Ten seconds go by between two reads of one moment. */
  async function watchedOver(options: Partial<WatchOptions>) {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    onTestFinished(() => void vi.useRealTimers())
    async function* lines(): AsyncGenerator<readonly string[]> {
      yield [SOLD, READ_AT(1_000)]
      vi.advanceTimersByTime(10_000)
      yield [READ_AT(1_001)]
    }
    return await watchSale(watching(lines(), options))
  }

  it('goes on by the clock', async () => {
    expect(await watchedOver({})).toMatchObject({ verdict: 'inconclusive', lateOperations: 1 })
  })

  it('stands still where the source would say so, and does not: it may not have been readable', async () => {
    expect(await watchedOver({ emptyBatchMs: 250 })).toMatchObject({ verdict: 'passed', lateOperations: 0 })
  })

  it('goes on where the source says so', async () => {
    async function* lines(): AsyncGenerator<readonly string[]> {
      yield [SOLD, READ_AT(1_000)]
      for (let batch = 0; batch < 4; batch++) yield []
      yield [READ_AT(1_001)]
    }
    const finished = await watchSale(watching(lines(), { emptyBatchMs: 250 }))
    expect(finished).toMatchObject({ verdict: 'inconclusive', lateOperations: 1, operations: 3 })
  })
})

describe('the end of a watch', () => {
  it('is right where units were sold and nothing was wrong', async () => {
    const finished = await watchSale(watching(batches([SOLD])))
    expect(finished).toMatchObject({ verdict: 'passed', exitCode: 0, operations: 1, endedBy: null })
  })

  it('is inconclusive where nothing came, or where answers that are missing may have sold too many', async () => {
    expect(await watchSale(watching(batches([])))).toMatchObject({ verdict: 'inconclusive', exitCode: 4 })
    const enough = watching(batches([SOLD, UNKNOWN(1)]))
    expect(await watchSale(enough)).toMatchObject({ exitCode: 0 })
    const tooMany = watching(batches([SOLD, UNKNOWN(1), UNKNOWN(2)]))
    expect(await watchSale(tooMany)).toMatchObject({ verdict: 'inconclusive', exitCode: 4 })
  })

  it('is exit 2 where a line could not be read, which ends nothing', async () => {
    const said: string[] = []
    const observer = { malformed: (message: string) => void said.push(message) }
    const finished = await watchSale(watching(batches(['{"op":', SOLD]), { observer }))
    expect(finished).toMatchObject({ verdict: 'inconclusive', exitCode: 2, malformedLines: 1, operations: 1 })
    expect(said).toEqual(['history line 1: is not JSON; expected one object a line'])
  })

  it('is an interruption where somebody interrupts it, and by the table where its time is over', async () => {
    const interruption = new AbortController()
    async function* interrupted(): AsyncGenerator<readonly string[]> {
      yield [SOLD]
      interruption.abort()
    }
    const finished = await watchSale(watching(interrupted(), { signal: interruption.signal }))
    expect(finished).toMatchObject({ verdict: 'interrupted', exitCode: 130, endedBy: 'interrupted' })
    const endReading = new AbortController()
    async function* over(): AsyncGenerator<readonly string[]> {
      yield [SOLD, READ_AT(1_000)]
      endReading.abort()
    }
    const ended = await watchSale(watching(over(), { endReading }))
    expect(ended).toMatchObject({ exitCode: 0, endedBy: 'time', operations: 2, unjudgedOperations: 1 })
  })

  it('is inconclusive where its time is over before anything could be judged in order', async () => {
    const endReading = new AbortController()
    async function* over(): AsyncGenerator<readonly string[]> {
      yield [SOLD]
      endReading.abort()
    }
    const ended = await watchSale(watching(over(), { endReading }))
    expect(ended).toMatchObject({ verdict: 'inconclusive', exitCode: 4, operations: 1, unjudgedOperations: 1 })
  })

  it('is told to those who follow it, with what was counted', async () => {
    const told: Telemetry[] = []
    const read = '{"op":"read","invokedAt":1,"completedAt":3,"value":2}'
    await watchSale(watching(batches([SOLD, read]), { sinks: [{ take: (telemetry) => void told.push(telemetry) }] }))
    expect(told[0]).toMatchObject({ phase: 'load', sentence: 'nothing came so far', verdict: null })
    const last = told.at(-1)!
    expect(last).toMatchObject({
      phase: 'finished',
      verdict: 'passed',
      counts: { sent: 2, achieved: 2, outcomes: { sold: 1, shown: 1, soldOut: 0 } },
      sales: [{ sku: '(unnamed)', step: 0, stock: 2, sold: 1, oversold: 0, lost: null, unknown: 0 }],
    })
    expect(last.serviceTime.sold).toMatchObject({ sumSeconds: 0.005 })
  })

  it('tells how often requests failed; the lines name no codes, but whether there was an answer', async () => {
    const told: Telemetry[] = []
    const refused = '{"op":"buy","requestId":"q9","invokedAt":0,"completedAt":4,"outcome":"refused"}'
    const lines = batches([SOLD, UNKNOWN(1), UNKNOWN(2), refused])
    await watchSale(watching(lines, { sinks: [{ take: (telemetry) => void told.push(telemetry) }] }))
    expect(told[0]!.counts.failures).toEqual({})
    expect(told.at(-1)!.counts).toMatchObject({
      outcomes: { refused: 1, unknown: 2 },
      failures: { NO_ANSWER: 2, OTHER: 1 },
    })
  })
})
