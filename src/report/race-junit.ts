/**
 * A race as JUnit XML: a case for each stock, and one for the crashes of it. A wrong order is a failure with its steps; what
 * was not tried to its end is an error, unless the race was asked to be content with that. It is never a pass in silence.
 */
import type { RacePart, RaceRecord } from '../core/race-record.ts'
import { type Case, junitDocument } from './junit.ts'
import { plain } from './plain-text.ts'
import { orderText } from './race-order.ts'
import { readableRace } from './race-readable.ts'
import {
  contestWords,
  coverageWords,
  crashesLeftWords,
  crashRows,
  isWrongCrash,
  keptOrder,
  raceHeadline,
  raceSubject,
} from './race-words.ts'

export function raceJunit(raced: RaceRecord): string {
  const record = readableRace(raced)
  const { parts, terms, replayOf } = record
  const { stocks } = terms
  const seconds = parts.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1_000
  // Of what was asked for, so that a stock that was never begun is missed.
  const orders = stocks.map((stock) => orderCase(stock, record))
  const kept = parts.filter((part) => keptOrder(part, record) !== null).map(({ stock }) => stock)
  const crashes = terms.crash
    ? stocks.filter((stock) => !kept.includes(stock)).map((stock) => crashCase(stock, record))
    : []
  const suites = [
    { name: replayOf === undefined ? 'orders' : 'an order that was kept', seconds, cases: orders },
    { name: 'crashes', seconds: 0, cases: crashes },
  ].filter(({ cases }) => cases.length > 0)
  return junitDocument(`race of ${raceSubject(record)}`, suites, record.startedAt)
}

function orderCase(stock: number, record: RaceRecord): Case {
  const name = contestWords(stock, record.terms)
  const part = record.parts.find((one) => one.stock === stock)
  if (part === undefined) return neverBegun(name, record)
  const { shortest, wrong, coverage, nondeterminism } = part
  if (wrong > 0 || (shortest !== null && shortest.crash === undefined)) {
    const text = shortest === null ? '' : orderText(shortest).map(line).join('\n')
    return { name, verdict: 'fail', sentence: shortest?.sentence ?? headline(record), text }
  }
  if (nondeterminism !== null)
    return { name, verdict: 'unknown', sentence: headline(record), text: nondeterminism.sentence }
  if (coverage === 'complete' || record.verdict === 'passed') return { name, verdict: 'pass', sentence: '', text: '' }
  return { name, verdict: 'unknown', sentence: `none wrong; tried: ${coverageWords(part, record)}`, text: '' }
}

function crashCase(stock: number, record: RaceRecord): Case {
  const name = `crashes, ${contestWords(stock, record.terms)}`
  const part = record.parts.find((one) => one.stock === stock)
  if (part === undefined) return neverBegun(name, record)
  const lost = part.crashes.filter(isWrongCrash)
  if (lost.length > 0) return { name, verdict: 'fail', sentence: lost[0]!.sentence, text: crashText(part) }
  if (part.crashesLeft !== undefined && record.verdict !== 'passed') {
    return { name, verdict: 'unknown', sentence: `not every place was tried: ${crashesLeftWords(part)}`, text: '' }
  }
  if (part.crashes.length > 0) return { name, verdict: 'pass', sentence: '', text: '' }
  return { name, verdict: 'unknown', sentence: 'the server was not killed at any call', text: '' }
}

function crashText(part: RacePart): string {
  const wrong = crashRows(part).filter(({ isWrong }) => isWrong)
  const steps = part.shortest?.crash === undefined ? [] : ['', ...orderText(part.shortest)]
  return [...wrong.map(({ cells }) => cells.join(' | ')), ...steps].map(line).join('\n')
}

function neverBegun(name: string, record: RaceRecord): Case {
  return { name, verdict: 'unknown', sentence: headline(record), text: '' }
}

function headline(record: RaceRecord): string {
  const { word, rest } = raceHeadline(record)
  return word + rest
}

/** Without what XML can't hold, and with its indent. */
function line(text: string): string {
  const [indent = ''] = /^ */.exec(text)!
  return indent + plain(text, Number.MAX_SAFE_INTEGER).trimStart()
}
