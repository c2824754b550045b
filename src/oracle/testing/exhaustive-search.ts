/**
 * Decides by trying every order whether a small history can be explained. Shares no line with the oracle: it reads
 * operations and ledger by itself, and knows nothing of sweeps, heaps or bounds.
 */
import type { LedgerSnapshot } from '../../core/ledger.ts'
import type { Operation } from '../../core/operation.ts'

/** Something that took effect at one moment between two. */
interface Event {
  readonly from: number
  readonly to: number
  /** Units that it takes; 0 for an observation. */
  readonly takes: number
  /** It need not have happened. */
  readonly optional: boolean
  /** Whether it can be true when so many units are sold. */
  holds(sold: number): boolean
}

export interface SmallHistory {
  readonly stock: number
  readonly readsCount: boolean
  readonly operations: readonly Operation[]
  /** Orders all have request ids. */
  readonly ledger: LedgerSnapshot | null
}

/** Whether some order of events that respects real time explains everything. At most some 20 events. */
export function canBeExplained(history: SmallHistory): boolean {
  const events = [...sales(history), ...observations(history)]
  return isExplained(events, history.stock)
}

/** Whether this one answer could be true, whatever the others were told. */
export function answerCanBeTrue(history: SmallHistory, answer: Operation): boolean {
  const loose = sales(history).map((sale) => ({ ...sale, to: Number.POSITIVE_INFINITY, optional: true }))
  const [observation] = observations({ ...history, readsCount: true, operations: [answer] })
  return isExplained([...loose, observation!], Number.POSITIVE_INFINITY)
}

function isExplained(events: readonly Event[], stock: number): boolean {
  const seen = new Set<number>()
  const search = (done: number, sold: number): boolean => {
    if (seen.has(done)) return false
    seen.add(done)
    const left = events.filter((_, i) => (done & (1 << i)) === 0)
    if (left.every(({ optional }) => optional)) return true
    return events.some((event, i) => {
      if ((done & (1 << i)) !== 0) return false
      // Whatever ended before this began comes first; what is optional and wasn't taken never came.
      if (left.some((other) => !other.optional && other.to < event.from)) return false
      const after = sold + event.takes
      return after <= stock && event.holds(after) && search(done | (1 << i), after)
    })
  }
  return search(0, 0)
}

function sales({ operations, ledger }: SmallHistory): Event[] {
  const attemptsOf = new Map<string, Operation[]>()
  operations.forEach((operation, i) => {
    if (operation.kind !== 'buy' || operation.sentAtNs === null) return
    const id = operation.requestId ?? `nameless ${i}`
    attemptsOf.set(id, [...(attemptsOf.get(id) ?? []), operation])
  })
  const ordersOf = (id: string): number => ledger?.orders.filter(({ requestId }) => requestId === id).length ?? 0
  const events: Event[] = []
  for (const [id, attempts] of attemptsOf) {
    const from = Math.min(...attempts.map(({ sentAtNs }) => sentAtNs!))
    const sold = attempts.filter(({ outcome }) => outcome.kind === 'sold')
    const answered = Math.min(...sold.map(({ completedAtNs }) => completedAtNs!))
    const isOpen = attempts.some(({ outcome }) => outcome.kind === 'unknown')
    const orders = ordersOf(id)
    const takes = attempts[0]!.quantity
    const happened = (optional: boolean): Event => ({ from, to: answered, takes, optional, holds: () => true })
    if (sold.length > 0) events.push(happened(false))
    else if (isOpen && orders > 0) events.push(happened(false))
    else if (orders > 0) events.push(happened(true))
    else if (isOpen && !ledger?.settled) events.push(happened(true))
    for (let extra = 1; extra < orders; extra++) {
      events.push({ ...happened(true), to: Number.POSITIVE_INFINITY, takes: 1 })
    }
  }
  for (const { requestId } of ledger?.orders ?? []) {
    if (attemptsOf.has(requestId!)) continue
    const [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    events.push({ from, to, takes: 1, optional: true, holds: () => true })
  }
  return events
}

function observations({ stock, readsCount, operations }: SmallHistory): Event[] {
  return operations.flatMap(({ outcome, quantity, sentAtNs, completedAtNs }): Event[] => {
    const seen = { from: sentAtNs!, to: completedAtNs!, takes: 0, optional: false }
    if (outcome.kind === 'soldOut') return [{ ...seen, holds: (sold) => sold > stock - quantity }]
    if (outcome.kind === 'shown' && readsCount) return [{ ...seen, holds: (sold) => sold === stock - outcome.stock }]
    return []
  })
}
