import { expect, it } from 'vitest'
import type { GateRecord } from '../../core/gate-record.ts'
import { gateOf, judgementOf } from '../../report/testing/gate-records.ts'
import { LIVE_KINDS, type LiveGate, liveLine, renderLive } from './live-table.ts'

const answered = (word: string, verdict: GateRecord['verdict'], exitCode: number): GateRecord =>
  gateOf({ judgement: judgementOf({ word, headline: 'so' }), verdict, exitCode })

it('is a table with a row a kind: how many were answered as is due, and what the others said', () => {
  const [same, slowed] = LIVE_KINDS
  const gates: LiveGate[] = [
    { kind: same!, record: answered('PASSED', 'passed', 0) },
    { kind: slowed!, record: answered('REGRESSED', 'missed', 3) },
    { kind: slowed!, record: answered('NO ANSWER', 'inconclusive', 4) },
    { kind: slowed!, record: answered('REGRESSED', 'missed', 3) },
  ]
  const text = renderLive(gates)
  expect(text).toContain('| A against A | 1 | 1 | 1 PASSED | 1 | 300 s |')
  expect(text).toMatch(/^\| A against a tenth .* \| 3 \| 2 \| 2 REGRESSED, 1 NO ANSWER \| 1 \| 300 s \|$/m)
  expect(text).not.toContain('one more statement')
  expect(text).toContain('Each within a budget of 300 s')
  expect(liveLine(gates[2]!)).toMatch(/exit 4 after 2 visits, NO ANSWER: so$/)
})

it('says of a gate that ended early that it did', () => {
  const record = gateOf({ judgement: null, verdict: 'environment', exitCode: 5, notes: ['no PostgreSQL'] })
  expect(liveLine({ kind: LIVE_KINDS[0]!, record })).toContain('ENDED EARLY: no PostgreSQL')
})
