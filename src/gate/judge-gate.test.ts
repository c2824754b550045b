import { describe, expect, it } from 'vitest'
import type { GateJudgement, GateMetric, GateVisit } from '../core/gate-record.ts'
import { createRandom } from '../core/random.ts'
import { gateOptions, judgeGate } from './index.ts'
import { type MadeMachine, roundsOn, visitOf } from './testing/visits.ts'

const NOISE: MadeMachine['noise'] = { p50Ms: 0.05, p99Ms: 0.15, cpuMicrosPerOrder: 0.035 }

function judge(visits: readonly GateVisit[], given: Partial<Parameters<typeof judgeGate>[0]> = {}): GateJudgement {
  return judgeGate({
    visits,
    calibration: [],
    options: gateOptions(),
    environmentDiffers: [],
    canGoOn: false,
    seed: 1,
    ...given,
  })
}

const verdictOf = ({ metrics }: GateJudgement, metric: GateMetric): string =>
  metrics.find((one) => one.metric === metric)!.verdict

/** As a gate goes: the second round where one is due. */
function gateOn(machine: MadeMachine, seed: number): { readonly judgement: GateJudgement; readonly rounds: number } {
  const visits = roundsOn(machine, { blocks: 6, rounds: 2, seed })
  const first = judge(
    visits.filter(({ round }) => round === 1),
    { canGoOn: true, seed },
  )
  return first.nextRound === null ? { judgement: first, rounds: 1 } : { judgement: judge(visits, { seed }), rounds: 2 }
}

describe('a gate of times', () => {
  it('calls a candidate that takes a fifth more CPU regressed, by the rounds together, and one of A against A not', () => {
    const slowed = gateOn({ noise: NOISE, effect: { cpuMicrosPerOrder: 0.2 } }, 5)
    expect(slowed.rounds).toBe(2)
    expect(slowed.judgement).toMatchObject({ word: 'REGRESSED', verdict: 'missed', exitCode: 3, nextRound: null })
    expect(slowed.judgement.headline).toMatch(/^CPU per order \d+us -> \d+us, \+\d/)
    expect(slowed.judgement.headline).toContain('regressed in both rounds')

    const same = gateOn({ noise: NOISE }, 5).judgement
    expect(same).toMatchObject({ word: 'PASSED', verdict: 'passed', exitCode: 0 })
  })

  it('calls one that takes less improved, and goodput that falls regressed', () => {
    const better = gateOn({ noise: NOISE, effect: { cpuMicrosPerOrder: -0.2 } }, 6).judgement
    expect(verdictOf(better, 'cpuMicrosPerOrder')).toBe('improved')
    expect(better.exitCode).toBe(0)
    const less = gateOn({ noise: { goodputPerSec: 0.01 }, effect: { goodputPerSec: -0.2 } }, 6).judgement
    expect(verdictOf(less, 'goodputPerSec')).toBe('regressed')
  })

  it('does not fail a build for a suspicion: that is what the second round is for', () => {
    const visits = roundsOn({ noise: NOISE, effect: { cpuMicrosPerOrder: 0.2 } }, { blocks: 6, rounds: 1, seed: 5 })
    const judgement = judge(visits, { canGoOn: true })
    expect(judgement.word).toBe('NO ANSWER')
    expect(judgement.nextRound).toContain('not yet confirmed by a second round')
  })

  it('does not call a change that one round alone sees a regression', () => {
    const slowed = roundsOn({ noise: NOISE, effect: { cpuMicrosPerOrder: 0.2 } }, { blocks: 6, rounds: 2, seed: 5 })
    const same = roundsOn({ noise: NOISE }, { blocks: 6, rounds: 2, seed: 5 })
    const mixed = [...slowed.filter(({ round }) => round === 1), ...same.filter(({ round }) => round === 2)]
    expect(verdictOf(judge(mixed), 'cpuMicrosPerOrder')).not.toBe('regressed')
  })

  it('does not call a change that is sure and does not matter a regression', () => {
    const machine: MadeMachine = { noise: { p50Ms: 0.003 }, effect: { p50Ms: 0.03 } }
    const visits = roundsOn(machine, { blocks: 6, rounds: 2, seed: 1 })
    expect(verdictOf(judge(visits), 'p50Ms')).toBe('same')
    const first = visits.filter(({ round }) => round === 1)
    expect(judge(first, { canGoOn: true }).nextRound).toBeNull()
    const options = gateOptions({ leastEffect: { p50Ms: 0.01 } })
    expect(verdictOf(judge(visits, { options }), 'p50Ms')).toBe('regressed')
  })

  it('says how many visits are missing where noise would hide a doubling', () => {
    const visits = roundsOn({ noise: { p99Ms: 1 } }, { blocks: 3, rounds: 2, seed: 2 })
    const judgement = judge(visits)
    const p99 = judgement.metrics.find(({ metric }) => metric === 'p99Ms')!
    expect(p99.verdict).toBe('insufficient samples')
    expect(p99.moreVisits).toBeGreaterThan(5)
    expect(judgement).toMatchObject({ word: 'NO ANSWER', exitCode: 4 })
    expect(judge(visits, { options: gateOptions({ onInconclusive: 'pass' }) })).toMatchObject({
      verdict: 'inconclusive',
      exitCode: 0,
    })
  })

  it('tests visits that were stored together and without blocks', () => {
    const stored = (effect: number): GateVisit[] =>
      storedOf(roundsOn({ noise: NOISE, effect: { cpuMicrosPerOrder: effect } }, { blocks: 12, rounds: 1, seed: 3 }))
    const slowed = judge(stored(0.2))
    expect(verdictOf(slowed, 'cpuMicrosPerOrder')).toBe('regressed')
    expect(slowed.headline).toContain('regressed over all visits together (p ')
    expect(verdictOf(judge(stored(0)), 'cpuMicrosPerOrder')).toBe('same')
  })

  it('says that a candidate ten times as slow could not be told from chance in so few visits, and how many it takes', () => {
    const slow: MadeMachine = { noise: NOISE, effect: { cpuMicrosPerOrder: 9 } }
    const few = [
      [roundsOn(slow, { blocks: 2, rounds: 2, seed: 1 }), 2],
      [storedOf(roundsOn(slow, { blocks: 3, rounds: 1, seed: 1 })).slice(0, 10), 2],
    ] as const
    for (const [visits, moreVisits] of few) {
      const judgement = judge(visits)
      const cpu = judgement.metrics.find(({ metric }) => metric === 'cpuMicrosPerOrder')!
      expect(cpu).toMatchObject({ verdict: 'insufficient samples', smallestVisible: null, moreVisits })
      expect(cpu.sentence).toContain('no change, however large, could be told from chance')
      expect(judgement.exitCode).toBe(4)
    }
  })

  it('tests rounds together that are too small to say anything each', () => {
    const slow: MadeMachine = { noise: NOISE, effect: { cpuMicrosPerOrder: 9 } }
    const { rounds, verdict } = judge(roundsOn(slow, { blocks: 3, rounds: 2, seed: 1 })).metrics.at(-1)!
    expect([verdict, rounds.map(({ round }) => round)]).toEqual(['regressed', [null]])
    const first = judge(roundsOn(slow, { blocks: 3, rounds: 1, seed: 1 }), { canGoOn: true })
    expect(first.nextRound).toContain('suspected')
  })

  it('calls nothing the same, and gives no interval, where two blocks say nothing of how they spread', () => {
    const visits = roundsOn({ noise: { p50Ms: 0.001 } }, { blocks: 2, rounds: 1, seed: 1 })
    for (const { verdict, change } of judge(visits).metrics) {
      expect([verdict, change]).toEqual(['insufficient samples', null])
    }
  })

  it('measures goodput by how far it falls', () => {
    const machine: MadeMachine = { noise: { goodputPerSec: 0.001 }, effect: { goodputPerSec: -0.46 } }
    const visits = roundsOn(machine, { blocks: 6, rounds: 2, seed: 1 })
    const least = (share: number) => ({ options: gateOptions({ leastEffect: { goodputPerSec: share } }) })
    expect(verdictOf(judge(visits, least(0.44)), 'goodputPerSec')).toBe('regressed')
    const within = judge(visits, least(0.48)).metrics[0]!
    expect(within.verdict).toBe('same')
    expect(within.smallestVisible).toBeCloseTo(0.48, 2)
  })

  it('names a change as ruled out only where none so large would have gone unseen, or fits what was measured', () => {
    for (let seed = 0; seed < 20; seed++) {
      for (const metric of judge(roundsOn({ noise: NOISE }, { blocks: 4, rounds: 2, seed })).metrics) {
        const { change, smallestVisible, sentence, verdict } = metric
        if (verdict !== 'same' || change === null || smallestVisible === null) continue
        const ruledOut = Number(/no change of ([\d.]+)/.exec(sentence)![1]) / 100
        const rounding = 0.0006
        expect(ruledOut).toBeGreaterThan(Math.max(smallestVisible, -change.low, change.high) - rounding)
        expect(change.low <= 0 || change.high <= smallestVisible + rounding).toBe(true)
        expect(change.high >= 0 || -change.low <= smallestVisible + rounding).toBe(true)
      }
    }
  })

  it('is the same from the same evidence', () => {
    const visits = roundsOn({ noise: NOISE }, { blocks: 4, rounds: 2, seed: 8 })
    expect(judge(visits)).toEqual(judge(visits))
  })

  it('raises hardly an alarm of A against A, and finds a tenth more CPU, on a machine that drifts and has outliers', () => {
    const machine: MadeMachine = { noise: { p50Ms: 0.05, cpuMicrosPerOrder: 0.035 }, drift: 0.9, outliers: 0.02 }
    const gates = 20
    let [alarms, found, open] = [0, 0, 0]
    for (let seed = 0; seed < gates; seed++) {
      const same = gateOn(machine, seed).judgement
      if (same.word === 'REGRESSED') alarms++
      if (same.word === 'NO ANSWER') open++
      if (gateOn({ ...machine, effect: { cpuMicrosPerOrder: 0.1 } }, seed + 1_000).judgement.word === 'REGRESSED')
        found++
    }
    expect(alarms).toBe(0)
    expect(open).toBeLessThanOrEqual(2)
    expect(found).toBeGreaterThanOrEqual(gates * 0.85)
  })
})

describe('a machine whose speed swings', () => {
  const swinging: MadeMachine = { noise: { p50Ms: 0.02, cpuMicrosPerOrder: 0.02 }, speed: 0.15 }
  const effect = { cpuMicrosPerOrder: 0.1 }

  it('hides no change: times are compared at one speed, and that is said', () => {
    const slowed = gateOn({ ...swinging, effect }, 3).judgement
    const cpu = slowed.metrics.find(({ metric }) => metric === 'cpuMicrosPerOrder')!
    expect(cpu).toMatchObject({ verdict: 'regressed', isAtOneSpeed: true })
    expect(cpu.change!.estimate).toBeCloseTo(0.1, 1)
    expect(slowed.headline).toMatch(/^CPU per order \d+us -> \d+us, \+\d[\d.]*% at one machine speed \(\+/)
    expect(verdictOf(slowed, 'p50Ms')).toBe('same')
  })

  it('hides it where nobody knows how fast the machine was', () => {
    const unknown = roundsOn({ ...swinging, effect }, { blocks: 6, rounds: 2, seed: 3 }).map((visit) => ({
      ...visit,
      generator: { ...visit.generator, cpuMicrosPerRequest: null },
    }))
    expect(judge(unknown).metrics.at(-1)).toMatchObject({ isAtOneSpeed: false })
    expect(verdictOf(judge(unknown), 'cpuMicrosPerOrder')).not.toBe('regressed')
  })

  it('raises no alarm of A against A, and finds a tenth more CPU, in gates of four blocks a round', () => {
    const gates = 20
    let [alarms, found] = [0, 0]
    for (let seed = 0; seed < gates; seed++) {
      const four = { blocks: 4, rounds: 2, seed }
      if (judge(roundsOn(swinging, four)).word !== 'PASSED') alarms++
      if (judge(roundsOn({ ...swinging, effect }, four)).word === 'REGRESSED') found++
    }
    expect(alarms).toBe(0)
    expect(found).toBe(gates)
  })

  it('is not told by a generator that has more to do with the candidate: its heavier answers are no excuse', () => {
    const heavier: MadeMachine = { noise: { cpuMicrosPerOrder: 0.02 }, speed: 0.01, generatorEffect: 0.2, effect }
    const { metrics } = judge(roundsOn(heavier, { blocks: 6, rounds: 2, seed: 4 }))
    expect(metrics.at(-1)).toMatchObject({ verdict: 'regressed', isAtOneSpeed: false })
  })

  it('is left out where times do not go with it', () => {
    const noise = { p50Ms: 0.02, cpuMicrosPerOrder: 0.02 }
    const steady = roundsOn({ noise, speed: 0 }, { blocks: 6, rounds: 2, seed: 5 })
    const random = createRandom(9)
    const unrelated = steady.map((visit) => ({
      ...visit,
      generator: { ...visit.generator, cpuMicrosPerRequest: 250 * (1 + 0.2 * random.next()) },
    }))
    for (const visits of [steady, unrelated]) {
      expect(judge(visits).metrics.map(({ isAtOneSpeed }) => isAtOneSpeed)).toEqual([false, false, false, false, false])
    }
  })
})

describe('what keeps times from being judged', () => {
  it('is a generator that was late, but not for a target that was saturated', () => {
    const late = roundsOn({ noise: NOISE }, { blocks: 4, rounds: 2, seed: 1 }).map((visit) => ({
      ...visit,
      generator: { ...visit.generator, onTimeShare: 0.9 },
    }))
    expect(judge(late)).toMatchObject({ word: 'NO ANSWER', exitCode: 4 })
    expect(verdictOf(judge(late), 'p99Ms')).toBe('generator-limited')
  })

  it('is a generator that takes the machine, and not one that takes half of it', () => {
    const busy = (cpuShare: number): GateVisit[] =>
      roundsOn({ noise: NOISE }, { blocks: 4, rounds: 2, seed: 1 }).map((visit) => ({
        ...visit,
        generator: { ...visit.generator, cpuShare },
      }))
    expect(verdictOf(judge(busy(0.85)), 'p50Ms')).toBe('generator-limited')
    expect(verdictOf(judge(busy(0.5)), 'p50Ms')).not.toBe('generator-limited')
  })

  it('is another environment, which is named; what was wrong still is', () => {
    const visits = roundsOn({ noise: NOISE }, { blocks: 4, rounds: 2, seed: 1 })
    const environmentDiffers = ['cores: 4 where the baseline had 2']
    const judgement = judge(visits, { environmentDiffers })
    expect(judgement).toMatchObject({ word: 'NO ANSWER', exitCode: 4 })
    expect(judgement.headline).toContain('cores: 4 where the baseline had 2')
    const wrong = visits.map((visit) => (visit.arm === 'candidate' ? { ...visit, ...OVERSOLD } : visit))
    expect(judge(wrong, { environmentDiffers })).toMatchObject({ word: 'WRONG', exitCode: 1 })
  })
})

function storedOf(visits: readonly GateVisit[]): GateVisit[] {
  return visits.map((visit) => ({ ...visit, block: null }))
}

const OVERSOLD = {
  verdict: 'wrong',
  failedChecks: [{ check: 'no-oversell', sentence: 'oversold by 3 units' }],
} as const satisfies Partial<GateVisit>
const STATEMENT = { name: 'sql: SELECT remaining FROM stock WHERE sku = $1', perRequest: 1 }
const quick = gateOptions({ quick: true })

describe('a gate without statistics', () => {
  it('is failed by one wrong sale of the candidate', () => {
    const judgement = judge([visitOf('baseline'), visitOf('candidate', OVERSOLD)], { options: quick })
    expect(judgement).toMatchObject({ word: 'WRONG', verdict: 'wrong', exitCode: 1, metrics: [] })
    expect(judgement.headline).toContain('in 1 of 1 visit: no-oversell, oversold by 3 units')
    expect(judge([visitOf('baseline'), visitOf('candidate')], { options: quick }).exitCode).toBe(0)
  })

  it('holds nothing against a wrong baseline, and says whose fault it was', () => {
    const judgement = judge([visitOf('baseline', OVERSOLD), visitOf('candidate')], { options: quick })
    expect(judgement).toMatchObject({ word: 'NO ANSWER', exitCode: 4 })
    expect(judgement.correctness).toMatchObject({ verdict: 'right', failures: [{ arm: 'baseline' }] })
    expect(judgement.headline).toContain('the baseline was wrong')
  })

  it('has no answer where a check could not be decided, or none was made', () => {
    const unclear = visitOf('candidate', { undecidedChecks: ['no-oversell: the ledger could not be read'] })
    const unchecked = visitOf('candidate', { isChecked: false })
    for (const candidate of [unclear, unchecked]) {
      expect(judge([visitOf('baseline'), candidate], { options: quick })).toMatchObject({
        word: 'NO ANSWER',
        exitCode: 4,
      })
    }
  })

  it('tells what it could not compare when it passes', () => {
    const work = (perRequest: number): GateVisit['work'] => [
      { kind: 'sold', requests: 20, stores: ['sql'], counts: [STATEMENT, { name: 'sql: COMMIT', perRequest }] },
    ]
    const visits = [visitOf('baseline', { work: work(0.95) }), visitOf('candidate', { work: work(1) })]
    expect(judge(visits, { options: quick }).headline).toContain(
      'the same work (1 exact count, 1 not exact and not compared)',
    )
  })

  it('is failed by another statement an order, where work is strict', () => {
    const work = [{ kind: 'sold', requests: 20, stores: ['sql'], counts: [STATEMENT] }] as const
    const more = [{ kind: 'sold', requests: 20, stores: ['sql'], counts: [{ ...STATEMENT, perRequest: 2 }] }] as const
    const visits = [visitOf('baseline', { work }), visitOf('candidate', { work: more })]
    const judgement = judge(visits, { options: quick })
    expect(judgement).toMatchObject({ word: 'WORK CHANGED', verdict: 'missed', exitCode: 3 })
    expect(judgement.headline).toBe('+1 SELECT remaining FROM stock WHERE sku = $1 an order sold (1 -> 2)')
    const reported = judge(visits, { options: gateOptions({ quick: true, work: 'report' }) })
    expect(reported).toMatchObject({ word: 'PASSED', exitCode: 0 })
    expect(reported.headline).toContain('other work: +1 SELECT')
  })
})
