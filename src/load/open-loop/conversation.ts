/** How the buyers of one worker's step talk to the target: the requests of its rows, and what answers to them mean. */
import type { AnsweredOutcome } from '../classify-response.ts'
import type { AnswerHeaders, Queued } from '../protocol/index.ts'

export interface Conversation {
  /** Sends the buy or the read of this row, with the row as ticket. `sentAtNs`: taken before this call. */
  send(row: number, sentAtNs: number): void
  /** Asks after a buy that was queued. */
  sendPoll(row: number, sentAtNs: number, ticket: string): void
  /** What the answer means; `pollTicket`: of the poll that it answers, null for the buy or the read itself. */
  understand(
    row: number,
    pollTicket: string | null,
    status: number,
    bytes: Buffer,
    start: number,
    end: number,
    headers: AnswerHeaders | null,
  ): AnsweredOutcome | Queued
}
