/** The order of a gate's visits and its ends, on a clock of its own and with visits that are told what they find. */
import { describe, expect, it } from 'vitest'
import type { RunVerdict } from '../../core/exit-codes.ts'
import type { GateArm, GateVisit, PlannedVisit } from '../../core/gate-record.ts'
import { createRandom } from '../../core/random.ts'
import { gateOptions, gateVisitOf } from '../../gate/index.ts'
import { fullRecord } from '../../results/testing/records.ts'
import { Budget } from './budget.ts'
import type { GateSide } from './gate-arm.ts'
import { GateBook, type GateTerms } from './gate-book.ts'
import { runCourse } from './gate-course.ts'

const VISIT_MS = 10_000
const RECORD = fullRecord({ workAnOrder: [] })
const TARGET = { kind: 'target', name: 'one' } as GateSide

interface Played {
  readonly book: GateBook
  /** "b" and "c", in order. */
  readonly arms: string
  readonly tookMs: number
  readonly suspicions: readonly string[]
}

interface Script {
  readonly budgetMs?: number
  /** Of the first visit; the others take VISIT_MS. */
  readonly firstMs?: number
  readonly quick?: boolean
  readonly baseline?: GateSide
  readonly candidate?: GateSide
  /** Of the candidate, where the baseline's is 100. */
  readonly cpu?: number
  readonly verdictOf?: (planned: PlannedVisit, number: number) => RunVerdict
  /** Aborts the gate during this visit. */
  readonly abortedIn?: number
}

async function play({
  budgetMs = 600_000,
  firstMs = VISIT_MS,
  quick = false,
  baseline = TARGET,
  candidate = TARGET,
  cpu = 100,
  verdictOf = () => 'passed',
  abortedIn = 0,
}: Script): Promise<Played> {
  const terms: GateTerms = {
    scenario: RECORD.scenario,
    sides: { baseline, candidate },
    options: gateOptions({ quick, work: 'report' }),
    seed: 7,
    budgetMs,
    notes: [],
  }
  const book = new GateBook(terms)
  const random = createRandom(1)
  const aborting = new AbortController()
  const suspicions: string[] = []
  let now = 0
  let arms = ''
  await runCourse({
    terms,
    book,
    budget: new Budget(budgetMs, () => now),
    signal: aborting.signal,
    visit: (planned, number) => {
      now += number === 1 ? firstMs : VISIT_MS
      arms += planned.arm.slice(0, 1)
      if (number === abortedIn) aborting.abort()
      const micros = (planned.arm === 'candidate' ? cpu : 100) * (1 + 0.01 * random.next())
      const visit = visitOf(planned, verdictOf(planned, number), micros)
      return Promise.resolve({ visit, record: RECORD, warnings: [] })
    },
    visited: () => Promise.resolve(),
    foreseen: () => undefined,
    suspected: (sentence) => void suspicions.push(sentence),
  })
  book.close(aborting.signal.aborted ? { by: 'interrupted' } : null)
  return { book, arms, tookMs: now, suspicions }
}

function visitOf(planned: PlannedVisit, verdict: RunVerdict, cpuMicrosPerOrder: number): GateVisit {
  const visit = gateVisitOf(planned, { record: RECORD, directory: 'visits/001', work: null })
  const failedChecks = verdict === 'wrong' ? [{ check: 'no-oversell' as const, sentence: 'oversold by 3 units' }] : []
  const figures = { goodputPerSec: 200, p50Ms: 2, p99Ms: 10, errorRate: 0, cpuMicrosPerOrder }
  const generator = { onTimeShare: 1, cpuShare: 0.1, cpuMicrosPerRequest: 250 }
  return { ...visit, verdict, failedChecks, undecidedChecks: [], isChecked: true, figures, generator }
}

function count(arms: string, arm: GateArm): number {
  return arms.split(arm.slice(0, 1)).length - 1
}

describe('the course of a gate', () => {
  it('calibrates, visits both equally often, and ends within its budget', async () => {
    const { book, arms, tookMs } = await play({})
    expect(arms).toMatch(/^bbbbb(bccb|cbbc)+$/)
    expect(count(arms, 'candidate')).toBe(count(arms, 'baseline') - 5)
    expect(tookMs).toBeLessThanOrEqual(600_000)
    expect([book.record.foreseen?.length, book.record.verdict, book.record.exitCode]).toEqual([5, 'passed', 0])
  })

  it('makes another round of what the first suspects, and fails when both say so', async () => {
    const { book, suspicions, tookMs } = await play({ cpu: 120 })
    expect(suspicions.length).toBe(1)
    expect(new Set(book.record.visits.map(({ round }) => round))).toEqual(new Set([1, 2]))
    expect(new Set(book.record.visits.map(({ block }) => block)).size * 4).toBe(book.record.visits.length)
    expect([book.record.judgement?.word, book.record.exitCode]).toEqual(['REGRESSED', 3])
    expect(tookMs).toBeLessThanOrEqual(600_000)
  })

  it('ends with the first visit in which the candidate was wrong, and not with one of the baseline', async () => {
    const wrong = await play({ verdictOf: ({ arm }) => (arm === 'candidate' ? 'wrong' : 'passed') })
    expect(wrong.arms).toMatch(/^bbbbbb?c$/)
    expect([wrong.book.record.verdict, wrong.book.record.exitCode]).toEqual(['wrong', 1])
    const other = await play({ verdictOf: ({ arm }) => (arm === 'baseline' ? 'wrong' : 'passed') })
    expect(other.arms.length).toBeGreaterThan(8)
    expect(other.book.record.exitCode).toBe(4)
  })

  it('ends when a target died', async () => {
    const { arms, book } = await play({ verdictOf: (_, number) => (number === 3 ? 'environment' : 'passed') })
    expect([arms, book.record.verdict, book.record.exitCode]).toEqual(['bbb', 'environment', 5])
  })

  it('visits the candidate once where the budget is too small for times, and says so', async () => {
    const { arms, book } = await play({ budgetMs: 35_000 })
    expect([arms, book.record.exitCode]).toEqual(['bbc', 4])
    expect(book.record.notes).toEqual([
      'the budget is too small to judge times in: a visit takes 10 s, and --budget 6m would do for two rounds',
    ])
    expect(book.record.judgement?.correctness.verdict).toBe('right')
  })

  it('makes one round of a budget that holds no two, says so, and finds what it can', async () => {
    const { arms, book, suspicions } = await play({ budgetMs: 300_000, cpu: 120 })
    expect(arms).toMatch(/^bbbbb(bccb|cbbc){5}$/)
    expect(suspicions).toEqual([])
    expect(book.record.notes).toEqual([
      'the budget holds one round of 5 blocks, and none to confirm it: --budget 6m would do for two rounds',
    ])
    // All visits are tested together, as strictly as two rounds are.
    expect(book.record.judgement?.word).toBe('REGRESSED')
  })

  it('judges the visits of one gate as it did, where its first round suspected nothing', async () => {
    const { book } = await play({})
    const { visits, calibration, judgement } = book.record
    const sideOf = (arm: GateArm): GateSide => ({
      kind: 'stored',
      name: 'stored: one',
      stored: {
        visits: visits.filter((visit) => visit.arm === arm),
        calibration: arm === 'baseline' ? calibration : [],
        record: RECORD,
        differences: [],
        notes: [],
      },
    })
    const again = await play({ baseline: sideOf('baseline'), candidate: sideOf('candidate') })
    expect([again.arms, again.book.record.judgement]).toEqual(['', judgement])
  })

  it('plans by what visits cost once the first has fetched what others have', async () => {
    const { arms, tookMs } = await play({ firstMs: 190_000 })
    expect(arms).toMatch(/^bbbbb(bccb|cbbc){4}$/)
    expect(tookMs).toBeLessThanOrEqual(600_000)
    // Where it took more than a third of the budget, the candidate is what tells the cost of the next.
    const dearer = await play({ firstMs: 250_000 })
    expect(dearer.arms).toMatch(/^bcbbbb(bccb|cbbc)+$/)
    expect(dearer.tookMs).toBeLessThanOrEqual(600_000)
  })

  it('visits each once, however little time is left', async () => {
    const { arms } = await play({ quick: true, budgetMs: 1_000 })
    expect(arms.split('').sort().join('')).toBe('bc')
    expect((await play({ budgetMs: 1_000 })).arms).toBe('bc')
  })

  it('is let through without any visit where no answer is, and leaves as the error does that ended it', () => {
    const nothing = new GateBook({
      scenario: RECORD.scenario,
      sides: { baseline: TARGET, candidate: TARGET },
      options: gateOptions({ onInconclusive: 'pass' }),
      seed: 7,
      budgetMs: 1,
      notes: [],
    })
    nothing.close(null)
    expect([nothing.record.judgement, nothing.record.verdict, nothing.record.exitCode]).toEqual([
      null,
      'inconclusive',
      0,
    ])
    nothing.close({ by: 'environment', exitCode: 2 })
    expect([nothing.record.verdict, nothing.record.exitCode]).toEqual(['environment', 2])
  })

  it('makes no visit after Ctrl-C, and judges what there is', async () => {
    const { arms, book } = await play({ abortedIn: 9 })
    expect(arms.length).toBe(9)
    expect([book.record.status, book.record.exitCode]).toEqual(['interrupted', 130])
    expect(book.record.judgement).not.toBeNull()
    const early = await play({ abortedIn: 1 })
    expect([early.book.record.judgement, early.book.record.exitCode]).toEqual([null, 130])
  })

  it('is one visit to each where times are left out', async () => {
    const { arms, book } = await play({ quick: true })
    expect([arms.split('').sort().join(''), book.record.judgement?.metrics, book.record.exitCode]).toEqual([
      'bc',
      [],
      0,
    ])
  })

  it('visits the candidate as often as a stored baseline was, five times at least', async () => {
    const visit = visitOf({ arm: 'baseline', round: 1, block: null }, 'passed', 100)
    const storedOf = (length: number): GateSide => ({
      kind: 'stored',
      name: 'stored: main',
      stored: {
        visits: Array.from({ length }, () => visit),
        calibration: [],
        record: RECORD,
        differences: [],
        notes: [],
      },
    })
    expect((await play({ baseline: storedOf(7) })).arms).toBe('ccccccc')
    expect((await play({ baseline: storedOf(1) })).arms).toBe('ccccc')
    expect((await play({ baseline: storedOf(7), budgetMs: 45_000 })).arms).toBe('cccc')
    expect((await play({ baseline: storedOf(7), quick: true })).arms).toBe('c')
  })
})
