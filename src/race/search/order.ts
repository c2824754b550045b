/** An order of events as it was run, and how often somebody was interrupted in it. Pure. */
import type { EventName } from '../../core/race-record.ts'
import type { Choice, Executed } from '../choice.ts'

export interface Order {
  readonly names: readonly EventName[]
  /** Of each event its call, as it is recognised in another execution; '' where somebody came and no call was made. */
  readonly calls: readonly string[]
  readonly preemptions: number
  readonly executed: Executed
}

export function orderOf(executed: Executed): Order {
  const { steps } = executed
  const preemptions = steps.filter(({ enabled, chosen }, at) =>
    isPreemption(chosen, steps[at - 1]?.chosen.actor ?? null, enabled),
  )
  return {
    names: steps.map(({ chosen }) => chosen.event),
    calls: steps.map(({ chosen }) => chosen.statement),
    preemptions: preemptions.length,
    executed,
  }
}

/** Whether `choice` interrupts whoever was let go last: they could have gone on. Background work counts as anybody does. */
export function isPreemption(choice: Choice, lastActor: string | null, enabled: readonly Choice[]): boolean {
  return choice.actor !== lastActor && enabled.some(({ actor }) => actor === lastActor)
}

/** Whoever was let go last goes on while they can, then the first: never a preemption. null: nothing can be chosen. */
export function chooseByDefault(enabled: readonly Choice[], lastActor: string | null): Choice | null {
  return enabled.find(({ actor }) => actor === lastActor) ?? enabled[0] ?? null
}
