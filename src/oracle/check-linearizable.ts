/** Some order of the sales and of what was said about the stock explains what all buyers saw. */
import { formatQuantity } from '../core/units.ts'
import { proofOf } from './contradiction-proof.ts'
import { type Check, moment } from './sale-case.ts'

export const checkLinearizable: Check = (saleCase) => {
  const { sweep } = saleCase.history
  const finding = { allowed: 0, unit: 'contradictions', details: { exact: sweep.exact ? 1 : 0 } }
  const method = sweep.exact ? '' : ' (quantities above one: judged by bounds, which miss some faults and invent none)'
  if (sweep.contradiction === null) {
    const what =
      saleCase.sale.promise.reads.kind === 'linearizable' ? 'sales, refusals and reads' : 'sales and refusals'
    const sentence = `one order of ${what} explains what everybody saw${method}`
    return { ...finding, measured: 0, verdict: 'pass', sentence }
  }
  const { atNs } = sweep.contradiction
  const when = Number.isFinite(atNs)
    ? `what buyers saw until ${moment(saleCase, atNs)}`
    : 'what buyers and the ledger say'
  const proof = proofOf(saleCase, sweep.contradiction)
  const operations = formatQuantity(proof.operations.length, 'operation')
  const sentence = `no order of events explains ${when} (shown by ${operations} below)${method}`
  return { ...finding, measured: 1, verdict: 'fail', sentence, evidence: [proof] }
}
