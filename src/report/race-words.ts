/**
 * A race in words that every format shares: the answer first, then what was tried, how orders ended, and what a crash left.
 * What was not tried is never called right. Pure.
 */
import type { CheckName } from '../core/check.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import type {
  CrashPoint,
  CrashSpot,
  Crowd,
  RaceCoverage,
  RacePart,
  RaceRecord,
  RaceTerms,
  WrongOrder,
} from '../core/race-record.ts'
import { targetName } from '../core/run-record.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import type { Headline } from './headline.ts'
import { shortTime } from './model/names.ts'
import { shortened } from './race-order.ts'

/** What orders do that fail a check; the first word takes an s where it is one order. */
const DO: Readonly<Record<CheckName, string>> = {
  'no-oversell': 'oversell it',
  'acknowledged-kept': 'lose an order that a buyer was promised',
  'exactly-once': 'make two orders of one request',
  'nothing-invented': 'make an order that nobody was told of',
  'per-user-limit': 'break the limit of a user',
  conservation: 'lose count of the units',
  'never-negative': 'take the stock below zero',
  'justified-refusals': 'turn a buyer away wrongly',
  'sold-through': 'leave a unit unsold',
  'nothing-early': 'sell outside its hours',
  linearizable: 'show what no order of events explains',
  'stale-reads': 'show a stock that is too old',
  'settled-cache': 'leave a stock in the cache that is wrong',
  fairness: 'serve buyers out of turn',
}

const CROWD_OF: Readonly<Record<Crowd, (count: number) => string>> = {
  strangers: (count) => formatQuantity(count, 'buyer'),
  'one-user': (count) => `${formatQuantity(count, 'buy')} of one user`,
  'double-click': (count) => `${formatQuantity(count, 'click')} of one buyer`,
}

/** It names two statements. */
const LONGEST_DIFFERENCE = 240

/** "2 buyers for 1 unit". */
export function contestWords(stock: number, { crowd, buyers }: RaceTerms): string {
  return `${CROWD_OF[crowd](buyers)} for ${formatQuantity(stock, 'unit')}`
}

/** "naive: 2 buyers for 1 unit or 2 units". */
export function raceSubject({ target, terms }: RaceRecord): string {
  const stocks = terms.stocks.map((stock) => formatQuantity(stock, 'unit'))
  return `${targetName(target)}: ${CROWD_OF[terms.crowd](terms.buyers)} for ${stocks.join(' or ')}`
}

/** Of a race that has ended, or so far. */
export function raceHeadline(record: RaceRecord): Headline {
  const { verdict, parts, notes } = record
  const wrong = parts.filter(isWrongPart)
  if (wrong.length > 0) return { verdict: 'wrong', word: 'WRONG', rest: `: ${wrongWords(wrong, record)}` }
  switch (verdict) {
    case null:
      return { verdict: 'inconclusive', word: 'RUNNING', rest: `: ${soFar(record)}` }
    case 'passed':
      return passed(record)
    case 'interrupted':
      return { verdict, word: 'INTERRUPTED', rest: `: ${soFar(record)}` }
    case 'environment':
      return { verdict, word: 'ENDED EARLY', rest: `: ${notes.at(-1) ?? 'by its environment'}` }
    case 'wrong':
    case 'missed':
    case 'inconclusive':
      return noAnswer(record, verdict)
  }
}

/** "the order in kept/race.json", which is still wrong; null: orders were searched. */
export function keptOrder({ notFollowed }: RacePart, { replayOf }: RaceRecord): string | null {
  return replayOf === undefined || notFollowed !== undefined ? null : `the order in ${replayOf.file}`
}

/** An order of it was wrong, or a crash was not survived. */
export function isWrongPart({ wrong, shortest, crashes }: RacePart): boolean {
  return wrong > 0 || shortest !== null || crashes.some(isWrongCrash)
}

export function isWrongCrash({ failed }: CrashPoint): boolean {
  return failed.length > 0
}

function wrongWords(wrong: readonly RacePart[], record: RaceRecord): string {
  const [first, ...others] = wrong
  const more = others.map(({ stock }) => formatQuantity(stock, 'unit')).join(' and ')
  return `${wrongPartWords(first!, record)}${more === '' ? '' : `; wrong for ${more}, too`}`
}

function wrongPartWords(part: RacePart, record: RaceRecord): string {
  const { terms } = record
  const lead = leadingCheck(part)
  const kept = keptOrder(part, record)
  if (kept !== null) return `${kept} still ${doWords(lead, 1)}`
  const contest = contestWords(part.stock, terms)
  const { late } = part
  if (part.wrong === 0 && late !== undefined && late.wrong > 0) {
    const orders = `${formatCount(late.wrong)} of ${formatQuantity(late.tried, 'order')} of ${contest}`
    return `${orders} in which a buyer or a reply is late ${doWords(lead, late.wrong)}`
  }
  if (part.wrong === 0) {
    const lost = Math.max(1, part.crashes.filter(isWrongCrash).length)
    const points = formatQuantity(part.crashes.length, 'crash', 'crashes')
    return `${formatCount(lost)} of ${points} of ${contest} ${doWords(lead, lost)}`
  }
  const orders =
    part.tried === 1 && isCutShort(part)
      ? 'the first order'
      : `${formatCount(part.wrong)} of ${isCutShort(part) ? 'the first ' : ''}${formatQuantity(part.tried, 'order')}`
  const isAlike = part.ends.every(({ failed }) => failed.length === 0 || lead === null || failed.includes(lead))
  return isAlike
    ? `${orders} of ${contest} ${doWords(lead, part.wrong)}`
    : `${orders} of ${contest} are wrong, the shortest of them ${doWords(lead, 1)}`
}

/** The check that the headline names: the first of the shortest order that failed; null: no order says which. */
function leadingCheck({ shortest, ends, crashes }: RacePart): CheckName | null {
  const failed = [...ends, ...crashes].find((one) => one.failed.length > 0)?.failed[0]
  return shortest?.checks[0]?.check ?? failed ?? null
}

function doWords(check: CheckName | null, count: number): string {
  if (check === null) return count === 1 ? 'is wrong' : 'are wrong'
  return count === 1 ? DO[check].replace(/^[a-z]+/, '$&s') : DO[check]
}

function passed(record: RaceRecord): Headline {
  const { parts } = record
  const verdict: RunVerdict = 'passed'
  const isProof = parts.every(({ coverage }) => coverage === 'complete')
  return { verdict, word: isProof ? 'RIGHT' : 'NONE WRONG', rest: `: ${allTried(record)}` }
}

function noAnswer(record: RaceRecord, verdict: RunVerdict): Headline {
  const { parts } = record
  const unsteady = parts.find(({ nondeterminism }) => nondeterminism !== null)
  if (unsteady !== undefined) {
    const { step, sentence } = unsteady.nondeterminism!
    const difference = shortened(sentence.replace(/^step \d+: /, ''), LONGEST_DIFFERENCE)
    return { verdict, word: 'NONDETERMINISTIC', rest: ` at step ${step} of an order that was run twice: ${difference}` }
  }
  if (parts.length === 0) return { verdict, word: 'NO ANSWER', rest: ': no order was tried' }
  const why = parts.find(({ noAnswer }) => noAnswer !== undefined)?.noAnswer
  if (why !== undefined) return { verdict, word: 'NO ANSWER', rest: `: ${why}` }
  return { verdict, word: 'NOT A PROOF', rest: `: ${allTried(record)}, none wrong` }
}

function soFar(record: RaceRecord): string {
  return record.parts.length === 0 ? 'no order was tried' : `${allTried(record)}, none wrong so far`
}

/** "all 36 orders of 2 buyers for 1 unit, all 40 orders for 2 units". */
function allTried({ parts, terms }: RaceRecord): string {
  const words = parts.map((part, index) => {
    const contest = index === 0 ? `of ${contestWords(part.stock, terms)}` : `for ${formatQuantity(part.stock, 'unit')}`
    return triedWords(part, contest, terms) + crashesTried(part)
  })
  return words.join(', ')
}

function triedWords(part: RacePart, contest: string, { preemptions }: RaceTerms): string {
  if (isCutShort(part)) {
    return `${formatCount(part.tried)} of an unknown number of orders ${contest} in ${shortTime(part.elapsedMs)}`
  }
  const all = part.tried === 1 ? 'the only order' : `all ${formatQuantity(part.tried, 'order')}`
  const bound =
    part.coverage === 'preemption-bound' ? ` with at most ${formatQuantity(preemptions ?? 0, 'preemption')}` : ''
  const late = part.late === undefined ? '' : ` (and ${formatCount(part.late.tried)} with a late buyer or reply)`
  return `${all} ${contest}${bound}${late}`
}

function crashesTried({ crashes, crashesLeft }: RacePart): string {
  const some = crashesLeft === undefined ? '' : 'the first '
  return crashes.length === 0 ? '' : ` and ${some}${formatQuantity(crashes.length, 'crash', 'crashes')}`
}

/** Why not every place of a crash was tried; '': each was. */
export function crashesLeftWords({ crashesLeft }: RacePart): string {
  if (crashesLeft === undefined) return ''
  return crashesLeft === 'ended' ? 'the race ended there' : 'the time was over (--budget)'
}

function isCutShort({ coverage }: RacePart): boolean {
  return coverage !== 'complete' && coverage !== 'preemption-bound'
}

/** What was tried of a stock, and what that is worth: a sentence. */
export function coverageWords(part: RacePart, record: RaceRecord): string {
  const { notFollowed } = part
  if (notFollowed === undefined)
    return keptOrder(part, record) === null
      ? searchedWords(part, record.terms)
      : 'the order that was kept, and nothing else, as it is still wrong'
  const searched = searchedWords(part, record.terms)
  if (notFollowed === null) return `${searched}; the order that was kept ends right now`
  const where = shortened(notFollowed.sentence, LONGEST_DIFFERENCE)
  return `${searched}; the order that was kept can't be followed any more: ${where}`
}

function searchedWords(part: RacePart, { preemptions, reduction, memory }: RaceTerms): string {
  switch (part.coverage) {
    case 'complete':
      return memory === true
        ? `every order of comings, store calls and replies${reducedWords(part, reduction)}`
        : `every order of store calls${reducedWords(part, reduction)}`
    case 'preemption-bound':
      return `every order in which somebody who could have gone on is left at most ${formatQuantity(preemptions ?? 0, 'time')}${reducedWords(part, reduction)}; others were not tried`
    case 'stopped-at-first':
      return 'up to the first wrong order (--all goes on)'
    case 'out-of-budget':
      return 'as many orders as the time allowed (--budget): how many there are is not known, and this is no proof'
    case 'interrupted':
      return 'as many orders as there was time for before it was interrupted'
    case 'nondeterministic':
      return 'nothing: one order, run twice, went two ways'
    case 'no-answer':
      return `nothing: ${part.noAnswer ?? 'an order could not be judged'}`
  }
}

/** What was tried of orders that only the memory of the server can tell apart; null: that is part of what else was tried. */
export function lateWords(part: RacePart, record: RaceRecord): string | null {
  const { late, coverage } = part
  if (record.terms.memory === true || keptOrder(part, record) !== null || coverage !== 'complete') return null
  const what = "in which a buyer or a reply is late, as only the server's memory can tell"
  if (late === undefined) return `none ${what} (--memory tries them)`
  return `${formatQuantity(late.tried, 'order')} ${what}: ${LATE_COVERED[late.coverage]} (--memory tries all of them)`
}

const LATE_COVERED: Readonly<Record<RaceCoverage, string>> = {
  complete: 'all with one switch',
  'preemption-bound': 'all with one switch',
  'stopped-at-first': 'up to the first wrong one',
  'out-of-budget': 'as many as the time allowed',
  interrupted: 'until it was interrupted',
  nondeterministic: 'until one, run twice, went two ways',
  'no-answer': 'until one could not be judged',
}

function reducedWords({ reductionRefused, coupled = [] }: RacePart, reduction: RaceTerms['reduction']): string {
  if (reduction === 'full') return ''
  if (reductionRefused !== undefined) return `, none left out: ${reductionRefused}`
  const but = coupled.length === 0 ? '' : `, but all of ${coupled.join(', ')}, who meet in the memory of the server`
  return `; of those that differ only in what nobody can tell apart, one${but}`
}

/** "run again 5 times, it ended so 5 times". */
export function replayWords({ replays: { tried, same } }: WrongOrder, { nondeterminism }: RacePart): string {
  if (tried === 0) return 'it was not run again'
  if (tried === 1) return same === 1 ? 'run again, it ended in the same way' : 'run again, it ended in another way'
  const times = formatQuantity(tried, 'time')
  if (same === tried) return `run again ${times}, it ended in the same way each time`
  const why =
    nondeterminism === null ? '' : `: nondeterministic at ${shortened(nondeterminism.sentence, LONGEST_DIFFERENCE)}`
  return `run again ${times}, it ended in the same way in ${formatCount(same)} of them, so it was seen, and is no proof${why}`
}

/** Whether running a wrong order again shows anything. */
export function isProved({ replays: { tried, same } }: WrongOrder): boolean {
  return same === tried
}

/** "the shortest of them: 4 steps, 1 preemption". */
export function orderWords({ steps, preemptions }: WrongOrder): string {
  return `${formatQuantity(steps.length, 'step')}, ${formatQuantity(preemptions, 'preemption')}`
}

/** Where the server was killed, or a reply lost, in a wrong order. */
export function crashWords({ at, kind }: CrashSpot): string {
  switch (kind) {
    case 'before':
      return `the server is killed before the call of step ${at + 1} is let through`
    case 'after':
      return `the server is killed when the call of step ${at + 1} was made and its reply has not come`
    case 'reply':
      return `the connection breaks in place of the reply to step ${at + 1}`
  }
}

const CRASH_PLACE: Readonly<Record<CrashSpot['kind'], string>> = {
  before: 'killed before it',
  after: 'killed after it',
  reply: 'its reply lost',
}

export const CRASH_TITLES = ['place', 'call', 'what became of the sale'] as const

/** Those that were not survived first. */
export function crashRows({ crashes }: RacePart): { readonly cells: readonly string[]; readonly isWrong: boolean }[] {
  return crashes
    .toSorted((a, b) => Number(isWrongCrash(b)) - Number(isWrongCrash(a)))
    .map((point) => ({
      cells: [
        `step ${point.at + 1} (${point.event}), ${CRASH_PLACE[point.kind]}`,
        point.call,
        isWrongCrash(point) ? `${point.failed.join(', ')}: ${point.sentence}` : point.sentence,
      ],
      isWrong: isWrongCrash(point),
    }))
}

export const END_TITLES = ['orders', 'ended with', 'found'] as const

export function endRows({ ends }: RacePart): { readonly cells: readonly string[]; readonly isWrong: boolean }[] {
  return ends.map(({ orders, sentence, failed }) => ({
    cells: [formatCount(orders), sentence, failedWords(failed)],
    isWrong: failed.length > 0,
  }))
}

/** The first is the cause, as a rule, and the others follow from it. */
function failedWords([first, ...others]: readonly CheckName[]): string {
  if (first === undefined) return 'right'
  return others.length === 0 ? first : `${first} and ${formatQuantity(others.length, 'other')}`
}

export const COVERAGE_TITLES = ['stock', 'tried', 'wrong', 'given up', 'longest', 'time', 'what was tried'] as const

export function coverageRow(part: RacePart, record: RaceRecord): string[] {
  return [
    formatCount(part.stock),
    formatCount(part.tried),
    formatCount(part.wrong),
    formatCount(part.pruned),
    formatQuantity(part.longest, 'call'),
    shortTime(part.elapsedMs),
    [coverageWords(part, record), lateWords(part, record) ?? []].flat().join('; and '),
  ]
}

/** "naive, exit 1" and what else a reader asks first. */
export function raceCircumstances({ target, environment, terms, exitCode }: RaceRecord): string[] {
  const stores = Object.entries(environment?.services ?? {}).map(
    ([name, { version }]) => `${name} ${version.split(' ', 1)[0]}`,
  )
  const limit = terms.perUserLimit === null ? [] : [`a limit of ${formatQuantity(terms.perUserLimit, 'unit')} a user`]
  const one = terms.crowd === 'strangers' ? [] : ['all buyers are one user']
  return [targetName(target), ...one, ...limit, ...stores, `exit ${exitCode ?? '-'}`]
}
