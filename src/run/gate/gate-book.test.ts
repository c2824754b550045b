import { expect, it } from 'vitest'
import type { GateVisit } from '../../core/gate-record.ts'
import { gateOptions, gateVisitOf } from '../../gate/index.ts'
import { roundsOn } from '../../gate/testing/visits.ts'
import { fullRecord } from '../../results/testing/records.ts'
import type { GateSide } from './gate-arm.ts'
import { GateBook } from './gate-book.ts'

const RECORD = fullRecord({ workAnOrder: [] })
const TARGET = { kind: 'target', name: 'one' } as GateSide

function bookWith(visits: readonly GateVisit[]): GateBook {
  const book = new GateBook({
    scenario: RECORD.scenario,
    sides: { baseline: TARGET, candidate: TARGET },
    options: gateOptions(),
    seed: 7,
    budgetMs: 600_000,
    notes: [],
  })
  for (const visit of visits) book.take('visits', { visit, record: RECORD, warnings: [] })
  return book
}

it('keeps the judgement that ended the rounds, and judges anew what was visited after it', () => {
  const visits = roundsOn({ noise: { p50Ms: 0.08, p99Ms: 0.12 } }, { blocks: 4, rounds: 1, seed: 1 })
  const book = bookWith(visits)
  const ended = book.judge(true)
  expect(ended).toMatchObject({ word: 'PASSED', nextRound: null })
  book.close(null)
  expect(book.record).toMatchObject({ verdict: 'passed', exitCode: 0, judgement: ended })

  const wrong = bookWith(visits)
  wrong.judge(true)
  const planned = { arm: 'candidate', round: 2, block: 4 } as const
  const failedChecks = [{ check: 'no-oversell' as const, sentence: 'oversold by 3 units' }]
  const visit = gateVisitOf(planned, { record: RECORD, directory: 'visits/017', work: null })
  wrong.take('visits', { visit: { ...visit, verdict: 'wrong', failedChecks }, record: RECORD, warnings: [] })
  wrong.close(null)
  expect(wrong.record).toMatchObject({ verdict: 'wrong', exitCode: 1 })
})
