/** Races of the reference strategies, as somebody calls them: what is wrong is convicted, and what is right is right in every order. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import type { RacePart, RaceRecord } from '../src/core/race-record.ts'
import { doorbuster, start, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'

interface Raced {
  readonly exitCode: number | null
  readonly stderr: string
  readonly record: RaceRecord
  readonly part: RacePart
  readonly file: string
}

async function race(args: readonly string[], cwd = temporaryFolder(), out = 'race'): Promise<Raced> {
  const { exitCode, stderr, stdout } = await doorbuster(['race', ...args, '--out', out, '--json'], { cwd })
  const record = JSON.parse(stdout) as RaceRecord
  return { exitCode, stderr, record, part: record.parts[0]!, file: join(cwd, out, 'race.json') }
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`fixtures/strategies/${name}.ts`, import.meta.url))
}

describeWithServices(['postgres'], 'naive', () => {
  it('sells the last unit twice in two of four orders, of which the shortest is shown', async () => {
    const { exitCode, record, part, file } = await race(['--strategy', 'naive', '--all'])
    expect(exitCode).toBe(1)
    expect(part).toMatchObject({ tried: 4, wrong: 2, coverage: 'complete', nondeterminism: null })
    const { shortest } = part
    expect(shortest).toMatchObject({ preemptions: 1, replays: { tried: 3, same: 3 }, sentence: 'OVERSOLD by 1 unit' })
    expect(shortest!.steps.map(({ actor, stock }) => [actor.slice(0, 5), stock.postgres])).toEqual([
      ['buyer', 1],
      ['buyer', 1],
      ['buyer', 0],
      ['buyer', 0],
    ])
    expect(shortest!.steps.flatMap(({ answers }) => answers.map(({ outcome }) => outcome))).toEqual(['sold', 'sold'])
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(record)
  })

  it('fails ten times of ten when its order is run again', async () => {
    const cwd = temporaryFolder()
    const { file, part } = await race(['--strategy', 'naive'], cwd)
    for (let times = 1; times <= 10; times++) {
      const again = await race(['--replay', file], cwd, `again-${times}`)
      expect(again.exitCode).toBe(1)
      expect(again.part.shortest!.order).toEqual(part.shortest!.order)
      expect(again.part.shortest!.sentence).toBe(part.shortest!.sentence)
    }
  })

  it('is not right since one order is, which can be followed: others are tried then', async () => {
    const cwd = temporaryFolder()
    const { record, part } = await race(['--strategy', 'naive'], cwd)
    // Of no events: whatever is called it is followed, and buyers who come one after the other are right.
    const shortest = { ...part.shortest, order: [], calls: [] }
    writeFileSync(join(cwd, 'kept.json'), JSON.stringify({ ...record, parts: [{ ...part, shortest }] }))
    const again = await race(['--replay', 'kept.json'], cwd, 'again')
    expect([again.exitCode, again.part.notFollowed, again.part.coverage]).toEqual([1, null, 'stopped-at-first'])
    expect(again.part.shortest!.order).toEqual(part.shortest!.order)
    const unsettled = await race(['--replay', 'kept.json', '--strategy', fixture('never-settles')], cwd, 'unsettled')
    expect([unsettled.exitCode, unsettled.part.coverage]).toEqual([4, 'no-answer'])
  })

  it('has an order that mended code does not follow: it is right in all of its own, and wrong again when the bug is back', async () => {
    const cwd = temporaryFolder()
    const { file } = await race(['--strategy', 'naive'], cwd)
    const mended = await race(['--replay', file, '--strategy', 'atomic-update'], cwd, 'mended')
    expect([mended.exitCode, mended.part.coverage, mended.part.wrong]).toEqual([0, 'complete', 0])
    expect(mended.part.tried).toBeGreaterThan(1)
    expect(mended.part.notFollowed?.sentence).toMatch(/^step 1: expected /)
    expect(mended.stderr).toBe('')
    const back = await race(['--replay', file, '--strategy', fixture('counts-in-memory')], cwd, 'back')
    expect([back.exitCode, back.part.shortest?.sentence]).toEqual([1, 'OVERSOLD by 1 unit'])
    expect(back.part.notFollowed).toBeDefined()
    const again = await race(['--replay', back.file], cwd, 'again')
    expect([again.exitCode, again.part.notFollowed]).toEqual([1, undefined])
  })
})

describeWithServices(['postgres', 'redis'], 'a right strategy', () => {
  it.each(['atomic-update', 'pessimistic', 'optimistic', 'optimistic-in-database', 'mutex', 'batched', 'redis-lua'])(
    '%s is right in every order of two buyers',
    async (strategy) => {
      const { exitCode, record } = await race(['--strategy', strategy, '--stock', '1,2', '--budget', '240s'])
      const told = record.parts.map(({ stock, wrong, coverage }) => ({ stock, wrong, coverage }))
      expect(told).toEqual([
        { stock: 1, wrong: 0, coverage: 'complete' },
        { stock: 2, wrong: 0, coverage: 'complete' },
      ])
      expect(record.parts[0]!.tried).toBeGreaterThan(1)
      expect(exitCode).toBe(0)
    },
  )

  it('has nothing of its buyers left out where one waits for another within the server', async () => {
    const { part } = await race(['--strategy', 'mutex'])
    expect(part.coupled).toEqual(['buyer 1 and buyer 2'])
  })
})

describeWithServices(['postgres'], 'the memory of the server', () => {
  const COUNTS = fixture('counts-in-memory')

  it('is out of sight where each reply goes with its call, and else shows what is wrong in it', async () => {
    const coarse = await race(['--strategy', COUNTS, '--no-memory'])
    expect([coarse.exitCode, coarse.part.coverage, coarse.part.late]).toEqual([0, 'complete', undefined])
    const all = await race(['--strategy', COUNTS, '--memory', '--all'])
    expect([all.exitCode, all.part.coverage, all.part.nondeterminism]).toEqual([1, 'complete', null])
    expect(all.part.wrong).toBeLessThan(all.part.tried)
    const cwd = temporaryFolder()
    const { exitCode, part, file } = await race(['--strategy', COUNTS], cwd)
    expect([exitCode, part.wrong, part.late]).toMatchObject([1, 0, { wrong: 1, coverage: 'stopped-at-first' }])
    const { shortest } = part
    expect(shortest).toMatchObject({ sentence: 'OVERSOLD by 1 unit', replays: { tried: 3, same: 3 } })
    expect(shortest!.order.filter((event) => event.endsWith(' #0'))).toHaveLength(2)
    expect(shortest!.steps.filter(({ reply }) => reply !== undefined)).toHaveLength(2)
    const again = await race(['--replay', file], cwd, 'again')
    expect([again.exitCode, again.part.shortest!.order]).toEqual([1, shortest!.order])
  })

  it('makes no right strategy wrong', async () => {
    for (const strategy of ['atomic-update', 'mutex']) {
      const { exitCode, part } = await race(['--strategy', strategy, '--memory', '--budget', '120s'])
      expect([strategy, exitCode, part.coverage, part.wrong]).toEqual([strategy, 0, 'complete', 0])
    }
  })

  it('gives no answer where a buyer goes on by time alone', async () => {
    const { exitCode, record, part } = await race(['--strategy', fixture('waits-for-time')])
    expect([exitCode, record.verdict, part.coverage]).toEqual([4, 'inconclusive', 'no-answer'])
    expect(part.noAnswer).toMatch(/^buyer 1 goes on by time alone/)
  })
})

describeWithServices(['postgres'], 'what shows nothing', () => {
  it('is a sale in which nothing was sold', async () => {
    const { exitCode, part } = await race(['--strategy', fixture('sells-nothing')])
    expect([exitCode, part.coverage]).toEqual([4, 'no-answer'])
    expect(part.noAnswer).toContain('in no order was anything sold')
  })

  it('is a sale that does not settle', async () => {
    const { exitCode, part } = await race(['--strategy', fixture('never-settles')])
    expect([exitCode, part.coverage]).toEqual([4, 'no-answer'])
    expect(part.noAnswer).toContain('the sale did not settle')
  })

  it('is a server that ends by itself', async () => {
    const { exitCode, record } = await race(['--strategy', fixture('ends-itself')])
    expect([exitCode, record.verdict]).toEqual([5, 'environment'])
    expect(record.notes.at(-1)).toBe('the server ended by itself in the middle of a race')
  })
})

describeWithServices(['postgres', 'redis'], 'a control whose bug is one of order', () => {
  it.each([
    ['article-literal', 'strangers', 'acknowledged-kept'],
    ['control-unowned-lock', 'strangers', 'no-oversell'],
    ['control-blind-timeout', 'strangers', 'nothing-invented'],
    ['control-fill-before-write', 'strangers', 'settled-cache'],
    ['control-double-order', 'double-click', 'exactly-once'],
    ['control-double-release', 'one-user', 'conservation'],
    ['control-leaked-unit', 'one-user', 'conservation'],
  ])('%s, %s, is convicted by %s', async (strategy, crowd, check) => {
    const stock = crowd === 'strangers' ? '1' : '2'
    const { exitCode, part } = await race([
      '--strategy',
      strategy,
      '--crowd',
      crowd,
      '--stock',
      stock,
      '--budget',
      '120s',
    ])
    expect(part.shortest?.checks.map((one) => one.check)).toContain(check)
    expect(part.shortest?.replays).toEqual({ tried: 3, same: 3 })
    expect(exitCode).toBe(1)
  })
})

describeWithServices(['postgres', 'redis'], 'a server that dies', () => {
  it('loses what article-literal has answered and not written', async () => {
    const args = ['--strategy', 'article-literal', '--stock', '2', '--preemptions', '0', '--crash', '--budget', '180s']
    const cwd = temporaryFolder()
    const { exitCode, part, file } = await race(args, cwd)
    const lost = part.crashes.filter(({ failed }) => failed.includes('acknowledged-kept'))
    expect(lost.map(({ event }) => event)).toContain('after buyer 1 #1')
    expect(part.crashes.find(({ at, kind }) => at === 0 && kind === 'before')?.failed).toEqual([])
    expect(part.shortest).toMatchObject({ crash: { kind: expect.any(String) }, replays: { tried: 3, same: 3 } })
    expect(exitCode).toBe(1)
    const again = await race(['--replay', file], cwd, 'again')
    expect([again.exitCode, again.part.shortest?.crash]).toEqual([1, part.shortest!.crash])
    const mended = await race(['--replay', file, '--strategy', 'batched', '--accept-partial'], cwd, 'mended')
    expect([mended.exitCode, mended.part.notFollowed !== undefined]).toEqual([0, true])
    expect(mended.part.crashes.map(({ sentence }) => sentence)).toEqual(Array(6).fill('kept'))
  })

  it('may die of a broken connection itself: it is started again, and judged', async () => {
    const { exitCode, part } = await race(['--strategy', fixture('dies-of-a-failure'), '--crash', '--no-memory'])
    expect([exitCode, part.crashesLeft]).toEqual([0, undefined])
    expect(part.crashes.filter(({ kind }) => kind === 'reply').length).toBeGreaterThan(1)
    expect(part.crashes.every(({ sentence }) => sentence === 'kept')).toBe(true)
  })

  it('loses nothing of batched', async () => {
    const { exitCode, part } = await race(['--strategy', 'batched', '--stock', '2', '--crash', '--budget', '120s'])
    expect(part.crashes).toHaveLength(6)
    expect(part.crashes.filter(({ failed }) => failed.length > 0)).toEqual([])
    expect(exitCode).toBe(0)
  })
})

describeWithServices(['postgres', 'redis'], 'a race that is interrupted', () => {
  it('keeps what it found', async () => {
    const cwd = temporaryFolder()
    const args = ['race', '--strategy', 'double-delete', '--all', '--budget', '10m', '--out', 'race']
    const running = start(args, { cwd })
    await running.said(/100 orders/)
    running.kill('SIGINT')
    expect((await running.finished).exitCode).toBe(130)
    const record = JSON.parse(readFileSync(join(cwd, 'race', 'race.json'), 'utf8')) as RaceRecord
    expect(record).toMatchObject({ status: 'interrupted', parts: [{ coverage: 'interrupted', wrong: 0 }] })
    expect(record.parts[0]!.tried).toBeGreaterThan(0)
  })
})

describe('what can not be raced', () => {
  it.each([
    [[], /--strategy|--target/],
    [['--strategy', 'naiv'], /naive/],
    [['--strategy', 'naive', '--buyers', '9'], /--buyers/],
    [['--replay', 'nothing.json'], /nothing\.json/],
  ])('%j: exit 2, and what to do', async (args, words) => {
    const { exitCode, stderr } = await doorbuster(['race', ...args], { cwd: temporaryFolder() })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(words)
  })
})
