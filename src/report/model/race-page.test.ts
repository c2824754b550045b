import { describe, expect, it } from 'vitest'
import type { RaceRecord } from '../../core/race-record.ts'
import {
  articleOrder,
  crashRace,
  lockedOrder,
  memoryOrder,
  partialRace,
  partOf,
  racedOrder,
  raceOf,
  wrongPartOf,
  wrongRace,
} from '../testing/race-records.ts'
import type { Block, Page, SequenceMoment } from './page.ts'
import { racePage } from './race-page.ts'
import { sequenceOf } from './race-sequence.ts'
import { repeatRace, replayRace } from './repeat-command.ts'

const pageOf = (record: RaceRecord): Page => racePage({ record, commands: [] })
const idsOf = (record: RaceRecord): string[] => pageOf(record).sections.map(({ id }) => id)

function blocksOf(record: RaceRecord, id: string): readonly Block[] {
  return pageOf(record).sections.find((section) => section.id === id)!.blocks
}

function rowsOf(blocks: readonly Block[]): (readonly string[])[] {
  return blocks.flatMap((block) => (block.kind === 'table' ? block.table.rows.map(({ cells }) => cells) : []))
}

describe('the report of a race', () => {
  it('says the verdict in words, then shows the shortest order, drawn and as a table', () => {
    expect(pageOf(wrongRace).banner).toMatchObject({
      mood: 'bad',
      word: 'WRONG',
      rest: '2 of 6 orders of 2 buyers for 1 unit oversell it',
    })
    expect(idsOf(wrongRace)).toEqual(['order-1', 'ends', 'coverage', 'repeat'])
    const blocks = blocksOf(wrongRace, 'order-1')
    expect(blocks.map(({ kind }) => kind)).toEqual(['text', 'sequence', 'table', 'folded'])
    expect(rowsOf(blocks).map(([step, who]) => [step, who])).toEqual([
      ['1', 'buyer 1 comes'],
      ['2', 'buyer 2 comes'],
      ['3', 'buyer 1'],
      ['then', ''],
      ['4', 'buyer 2'],
      ['then', ''],
    ])
  })

  it('of a right one has no order, and how all of them ended', () => {
    const record = raceOf({ parts: [partOf(), partOf({ stock: 2 })] })
    expect(pageOf(record).banner.mood).toBe('good')
    expect(idsOf(record)).toEqual(['ends', 'coverage', 'repeat'])
    expect(rowsOf(blocksOf(record, 'ends'))).toHaveLength(2)
  })

  it('says of what was not tried to its end that it is no proof', () => {
    expect(pageOf(partialRace).banner).toMatchObject({ mood: 'doubtful', word: 'NOT A PROOF' })
    const [block] = blocksOf(partialRace, 'coverage')
    expect(block).toMatchObject({ table: { rows: [{ mood: 'doubtful' }] } })
    expect(rowsOf([block!])[0]!.at(-1)).toContain('this is no proof')
  })

  it('tells of each stock by itself, and of crashes', () => {
    const parts = [wrongPartOf(racedOrder), wrongPartOf(articleOrder, { stock: 2 })]
    expect(idsOf(raceOf({ parts, verdict: 'wrong' })).slice(0, 2)).toEqual(['order-1', 'order-2'])
    expect(idsOf(crashRace)).toEqual(['order-1', 'ends', 'crashes-1', 'coverage', 'repeat'])
    expect(rowsOf(blocksOf(crashRace, 'crashes-1'))[0]![0]).toBe('step 2 (buyer 1 #2), killed after it')
  })
})

describe('who spoke to whom', () => {
  const noteTexts = (moments: readonly SequenceMoment[], lane: number): string[] =>
    moments.flatMap((moment) => (moment.kind === 'note' && moment.lane === lane ? [moment.text] : []))

  it('has an arrow for each call and its reply, and the stock where it changed', () => {
    const { lanes, moments } = sequenceOf(racedOrder, '')
    expect(lanes.map(({ name }) => name)).toEqual(['buyer 1', 'buyer 2', 'Postgres'])
    const arrows = moments.flatMap((moment) => (moment.kind === 'message' ? [[moment.from, moment.to]] : []))
    expect(arrows).toEqual(
      [0, 1, 0, 1].flatMap((buyer) => [
        [buyer, 2],
        [2, buyer],
      ]),
    )
    expect(noteTexts(moments, 2)).toEqual(['stock 1', 'stock 0'])
    expect(moments.at(-1)).toMatchObject({ kind: 'note', lane: null, mood: 'bad' })
  })

  it('has the reply to a call that waited where it came', () => {
    const { moments } = sequenceOf(lockedOrder, '')
    expect(noteTexts(moments, 1)[1]).toBe('waits for buyer 1')
    const replies = moments.flatMap((moment) => (moment.kind === 'message' && moment.isReply ? [moment.to] : []))
    expect(replies).toEqual([0, 0, 1, 1])
  })

  it('has a late reply where the server gets it, once', () => {
    const { moments } = sequenceOf(memoryOrder, '')
    const arrows = moments.flatMap((moment) => (moment.kind === 'message' ? [[moment.from, moment.to]] : []))
    expect(arrows).toEqual([
      [0, 2],
      [1, 2],
      [2, 0],
      [2, 1],
    ])
  })

  it('has the stores apart, and what the server does by itself behind the buyers', () => {
    const { lanes, moments } = sequenceOf(articleOrder, '')
    expect(lanes.map(({ name }) => name)).toEqual(['buyer 1', 'buyer 2', 'background', 'Postgres', 'Redis'])
    expect(noteTexts(moments, 4)).toEqual(['stock 0', 'stock none', 'stock 1'])
  })
})

describe('the command of a race', () => {
  it('is that by which it was called, or runs its order again', () => {
    expect(repeatRace(raceOf({ command: ['--strategy', './my shop.ts', '--stock', '1,2'] }))).toBe(
      "npx doorbuster race --strategy './my shop.ts' --stock 1,2",
    )
    expect(repeatRace(raceOf())).toBeNull()
    expect(repeatRace({ command: ['--out', "it's\ntwo  lines"] })).toBe(
      String.raw`npx doorbuster race --out $'it\'s\ntwo  lines'`,
    )
    expect(replayRace("results/it's")).toBe(String.raw`npx doorbuster race --replay 'results/it'\''s/race.json'`)
  })
})
