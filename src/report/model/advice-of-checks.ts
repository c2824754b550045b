/** What each check that failed usually comes of, and what is done about it. One table; nothing else gives such advice. */
import type { CheckName } from '../../core/check.ts'

export interface KnownCause {
  readonly cause: string
  readonly actions: readonly string[]
}

export const ADVICE_OF_FAILED: Readonly<Record<CheckName, KnownCause>> = {
  'no-oversell': {
    cause:
      'The stock is read, compared and written in steps, and several buyers pass the comparison with the same unit; or a lock holds within one process and there are several.',
    actions: [
      'Check and take in one atomic step: UPDATE ... SET remaining = remaining - n WHERE remaining >= n, SELECT ... FOR UPDATE, or one script in Redis.',
      'Let the store refuse what must not be: CHECK (remaining >= 0).',
      'Run it again with --instances 1: if that is right, the guard works within one process only.',
    ],
  },
  'acknowledged-kept': {
    cause:
      'Buyers were answered before their order was durable: it stood in memory, in a cache or in a queue that was lost, or its transaction was rolled back afterwards.',
    actions: [
      'Answer "sold" after the commit, or after the queue has acknowledged a durable write.',
      'Look at what happens when the write fails behind the answer: the buyer has to be told, or the write repeated until it is done.',
      'Check synchronous_commit, appendfsync, and the acknowledgements of the queue.',
    ],
  },
  'exactly-once': {
    cause:
      'The same request was taken for a new one when it came again: a double click, a retry of the client, or a message delivered twice.',
    actions: [
      'Keep the request id with the order under a UNIQUE constraint, in the transaction that sells.',
      'Answer a request id that is known with the order that it has, and with nothing else.',
    ],
  },
  'nothing-invented': {
    cause:
      'An order exists that no buyer was sold: one that was refused was written all the same, or something else writes into the same tables.',
    actions: [
      'Look at the error path: an order has to be rolled back together with its deduction.',
      'Make sure that nobody else sells from this stock meanwhile, or say "shared: true" in the descriptor.',
    ],
  },
  'per-user-limit': {
    cause:
      "The user's units are counted and the order is written in two steps: two requests of one user pass the count together.",
    actions: [
      'Count and sell in one transaction that locks the user, or keep the count in a row with CHECK (units <= limit).',
      'In Redis: count in the same script that deducts.',
    ],
  },
  conservation: {
    cause:
      'A unit was deducted without an order, or an order written without a deduction: a failure between the two, or an update that overwrote another (a lost update).',
    actions: [
      'Write the deduction and the order in one transaction; between two stores, compensate what failed, and repeat that until it is done.',
      'Replace "read, compute, write" by a relative update: remaining = remaining - n.',
    ],
  },
  'never-negative': {
    cause: 'Units are deducted first and compared afterwards, or not at all.',
    actions: ['Put the condition into the update, WHERE remaining >= n, and a CHECK (remaining >= 0) behind it.'],
  },
  'justified-refusals': {
    cause:
      'Buyers were turned away while units were left: by a stale cache, a lock that was not had in time, retries that ran out, or a limit that counted too much.',
    actions: [
      'Answer "sold out" only after the store of truth has said so.',
      'Answer "busy, try again" where a lock or a retry ran out: that is no "sold out".',
    ],
  },
  'sold-through': {
    cause:
      'Units stayed unsold although buyers asked for them: reservations that are never given back, or retries that run out under load.',
    actions: [
      'Give back what was reserved and not sold, after a time that the sale can wait.',
      'Look at what buyers were told in place of "sold": the outcomes and their codes stand below.',
    ],
  },
  'nothing-early': {
    cause: 'The opening hours are held by the page or by one server, or by clocks that differ.',
    actions: [
      'Compare with the hours in the statement that sells, by the clock of the store.',
      'Keep the clocks of all servers together (NTP); what they differed by stands in run.json.',
    ],
  },
  linearizable: {
    cause:
      'What buyers saw fits into no order of events: reads from a replica or a cache, a lost update, or two counters that are kept apart.',
    actions: [
      'Look at the stretch of history below: which answer could not be true any more, or not yet?',
      'Read from where it is sold, or promise less: reads: stale(200ms) is judged by that.',
    ],
  },
  'stale-reads': {
    cause: 'A cache or a replica showed a stock that was older than promised.',
    actions: [
      'Shorten the time to live, or write through the cache when a unit is sold.',
      'If so old a stock is good enough, promise it: the promise of the reads is part of the descriptor.',
    ],
  },
  'settled-cache': {
    cause:
      'After everything had settled, the stock that is shown still differs: an invalidation was lost, or a slow reader put an old value back.',
    actions: [
      'Delete the cached value after the commit, and once more a moment later; or give it a time to live.',
      'Write the value with a version, and refuse an older one.',
    ],
  },
  fairness: {
    cause: 'Buyers were refused who came before one who was served.',
    actions: ['Serve in order of arrival where that was promised: a queue in front of the sale.'],
  },
}
