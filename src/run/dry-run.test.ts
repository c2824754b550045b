import { expect, it } from 'vitest'
import type { OutcomeRule } from '../core/buyer-protocol.ts'
import { missingIn } from './dry-run.ts'

function ruleThat(then: OutcomeRule['then']): OutcomeRule {
  // oxlint-disable-next-line unicorn/no-thenable -- a rule is never awaited
  return { status: null, where: [], then, label: 'outcomes[0]' }
}

it('names what a rule that fits looks for in vain', () => {
  const sold = ruleThat({ kind: 'sold', orderId: { in: 'json', pointer: '/orderNo' } })
  expect(missingIn(sold)).toMatch(/^outcomes\[0\] fits, and there is no \/orderNo in the answer/)
  const queued = ruleThat({ kind: 'queued', ticket: { in: 'header', name: 'location' } })
  expect(missingIn(queued)).toMatch(/^outcomes\[0\] fits, and there is no header location in the answer/)
})
