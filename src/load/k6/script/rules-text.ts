/** What answers mean: the rules of the protocol, as the evaluator reads them. */
import type { BuyerProtocol } from '../../../core/buyer-protocol.ts'
import { objectText } from './object-text.ts'
import { readRefusals, rulesText } from './outcome-text.ts'
import { isLedByTicket } from './requests-text.ts'
import type { ScriptProtocol } from './script-parts.ts'

/** What a ticket must be: as in src/load/protocol/classifier.ts. */
function ticketText(buyers: BuyerProtocol): string {
  const leads = isLedByTicket(buyers) ? ' && requestTarget(text) !== null' : ''
  return String.raw`/** Whether a poll with this ticket can be sent. */
function isTicket(text) {
  return text !== undefined && /^[\x20-\x7e\xa0-\xff]{1,2048}$/.test(text)${leads}
}`
}

export function protocolRulesText({ buyers, isReference }: ScriptProtocol): string {
  const lines = [`/** The first rule that holds counts. */\nconst OUTCOMES = ${rulesText(buyers.outcomes)}`]
  if (buyers.read !== null) {
    const { status, stock } = buyers.read
    lines.push(`const READ = ${objectText({ status, stock })}`)
    lines.push(`const READ_REFUSALS = ${isReference ? rulesText(readRefusals(buyers)) : 'null'}`)
  } else {
    lines.push(`const READ = { status: [], stock: { in: 'requestId' } }\nconst READ_REFUSALS = null`)
  }
  lines.push(ticketText(buyers))
  if (buyers.poll !== null) lines.push(`const POLL_OUTCOMES = ${rulesText(buyers.poll.outcomes)}`)
  return lines.join('\n\n')
}
