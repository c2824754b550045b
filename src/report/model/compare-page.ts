/**
 * The report of a comparison: who was wrong first, then who is before whom in each regime, with intervals, what each costs
 * and what it is worth, and where the order turns over.
 */
import { type CompareRecord, regimeName } from '../../core/compare-record.ts'
import { formatQuantity } from '../../core/units.ts'
import { compareHeadline, priceOf } from '../compare-words.ts'
import { regimeSection } from './compare-regime.ts'
import { MOOD_OF_RUN, moodOf } from './names.ts'
import { type Block, type Command, listSection, type Page, row, type Section, tableBlock } from './page.ts'
import { repeatWholeSection } from './repeat-section.ts'
import { probedBlocks } from './work-section.ts'

export interface CompareReport {
  readonly record: CompareRecord
  readonly commands: readonly Command[]
}

const NOT_COMPLETE = {
  interrupted: 'The comparison is not complete: it was interrupted.',
  running: 'The comparison had not ended when this was made: it goes on, or its process is gone.',
} as const

export function comparePage({ record, commands }: CompareReport): Page {
  const { word, rest, verdict } = compareHeadline(record)
  const { scenario, slo, rankedBy, startedAt, exitCode, notes, status } = record
  const subject = `${scenario.name}: ${formatQuantity(record.contestants.length, 'contestant')} compared`
  const sections: readonly (Section | null)[] = [
    verdictsSection(record),
    listSection('turns', 'Where the ranking turns over', record.turnsOver),
    ...record.regimes.map((regime, index) => regimeSection(regime, record, index)),
    priceSection(record),
    workSection(record),
    listSection('notes', 'How the figures came about', notes),
    repeatSection(record, commands),
  ]
  return {
    title: `${word} – ${subject}`,
    kicker: subject,
    banner: {
      mood: MOOD_OF_RUN[verdict],
      word,
      rest: rest.replace(/^[:;\s]+/, ''),
      circumstances: [
        `Held against ${slo.join(', ')}; ranked by ${rankedBy}.`,
        `exit ${exitCode ?? '–'} · ${startedAt}`,
        ...(status === 'complete' ? [] : [NOT_COMPLETE[status]]),
      ],
    },
    sections: sections.filter((section) => section !== null),
    colophon: `Made by doorbuster from comparison ${record.compareId}.`,
  }
}

/** A wrong one is never called fast. */
function verdictsSection({ regimes, contestants }: CompareRecord): Section {
  const rows = contestants.map(({ name }) => {
    const results = regimes.map((regime) => regime.results.find(({ contestant }) => contestant === name))
    const worst =
      results.find((result) => result?.verdict === 'wrong') ?? results.find((result) => result?.verdict !== 'passed')
    return row(
      [
        name,
        ...results.map((result) => result?.verdict ?? 'has not run'),
        worst?.headline ?? results.find((result) => result !== undefined)?.headline ?? '',
      ],
      worst === undefined ? 'good' : moodOf(worst.verdict),
    )
  })
  return {
    id: 'verdicts',
    title: 'Who was right',
    lead: 'Of each contestant, over all its runs in a regime. Who was wrong is not ranked, however fast it was.',
    blocks: [tableBlock('Verdicts', ['contestant', ...regimes.map(regimeName), 'in words'], rows)],
  }
}

function priceSection(record: CompareRecord): Section {
  const hasSettings = record.contestants.some(({ settings }) => Object.keys(settings).length > 0)
  const rows = record.contestants.map((contestant) => {
    const { name, durableWhen, reads, sqlAnOrder, redisAnOrder } = priceOf(contestant, record)
    const settings = Object.entries(contestant.settings).map(([key, value]) => `${key}: ${value}`)
    return row([name, durableWhen, reads, sqlAnOrder, redisAnOrder, ...(hasSettings ? [settings.join(', ')] : [])])
  })
  const titles = ['contestant', '"sold" is durable', 'reads promised', '>SQL an order', '>Redis an order']
  return {
    id: 'price',
    title: 'What it costs to be that fast',
    lead: 'What a "sold" is worth, what reads may show, and what the stores do for an order.',
    blocks: [tableBlock('Price', [...titles, ...(hasSettings ? ['settings'] : [])], rows)],
  }
}

function workSection({ contestants, regimes }: CompareRecord): Section | null {
  const blocks = contestants.flatMap(({ name }): Block[] => {
    const probed = regimes
      .flatMap(({ results }) => results.filter(({ contestant }) => contestant === name))
      .find(({ work }) => work !== null)
    const inner = probedBlocks(probed?.work ?? [])
    return inner.length === 0 ? [] : [{ kind: 'folded', summary: name, blocks: inner }]
  })
  if (blocks.length === 0) return null
  return {
    id: 'work',
    title: 'Work an order',
    lead: 'Counts of one request with nothing else in flight: the same on any machine.',
    blocks,
  }
}

function repeatSection(record: CompareRecord, commands: readonly Command[]): Section {
  const { environment, compareId, startedAt, finishedAt, scenario, seed, repeat } = record
  const facts = [
    ['comparison', compareId],
    ['began, ended', `${startedAt} to ${finishedAt ?? 'not yet'}`],
    ['scenario', `${scenario.name}, seed ${seed}`],
    ['runs', `${repeat} of each contestant in each regime, in an order that the seed decides`],
  ]
  return repeatWholeSection({ facts, environment, commands })
}
