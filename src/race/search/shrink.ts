/**
 * Makes a wrong order easier to follow: fewer interruptions, then fewer events, then fewer turns. By trying: what is kept
 * was run, and failed in one of the checks that failed before.
 */
import type { EventName } from '../../core/race-record.ts'
import type { Execute } from '../choice.ts'
import { alongLoosely } from './follow.ts'
import { type Order, orderOf } from './order.ts'

/** Enough for an order of some ten turns. */
const MOST_TRIES = 60

/** What one actor does without another one between. */
interface Turn {
  readonly actor: string
  readonly names: readonly EventName[]
}

/** @param terms `hasTime` is asked before each try. */
export async function shrinkOrder(execute: Execute, wrong: Order, terms: { hasTime(): boolean }): Promise<Order> {
  const tried = new Set([keyOf(wrong.names)])
  let shortest = wrong
  for (;;) {
    const shorter = await firstShorter(execute, shortest, tried, terms)
    if (shorter === null) return shortest
    shortest = shorter
  }
}

/** null: none of those that were not tried yet is, or there is no time or try left. */
async function firstShorter(
  execute: Execute,
  wrong: Order,
  tried: Set<string>,
  terms: { hasTime(): boolean },
): Promise<Order | null> {
  for (const names of candidatesFrom(turnsOf(wrong))) {
    if (tried.has(keyOf(names))) continue
    // The wrong order itself is one of those that were tried.
    if (tried.size > MOST_TRIES || !terms.hasTime()) return null
    tried.add(keyOf(names))
    const order = orderOf(await execute(alongLoosely(names)))
    if (failsAlike(order, wrong) && isShorter(order, wrong)) return order
  }
  return null
}

/** Those that leave most to the default first. */
function candidatesFrom(turns: readonly Turn[]): EventName[][] {
  const orders = [
    ...turns.map((_, end) => turns.slice(0, end)),
    ...turns.flatMap((_, at) => joinedFrom(turns, at)),
    ...turns.map((_, at) => turns.toSpliced(at, 1)),
  ]
  return orders.map((order) => order.flatMap(({ names }) => names))
}

/** A turn together with the actor's next one: there, or here. */
function joinedFrom(turns: readonly Turn[], at: number): Turn[][] {
  const { actor } = turns[at]!
  const next = turns.findIndex((turn, index) => index > at && turn.actor === actor)
  if (next < 0) return []
  const joined = { actor, names: [...turns[at]!.names, ...turns[next]!.names] }
  return [turns.with(at, joined).toSpliced(next, 1), turns.with(next, joined).toSpliced(at, 1)]
}

function turnsOf({ executed: { steps } }: Order): Turn[] {
  const turns: { actor: string; names: EventName[] }[] = []
  for (const { chosen } of steps) {
    const last = turns.at(-1)
    if (last?.actor === chosen.actor) last.names.push(chosen.event)
    else turns.push({ actor: chosen.actor, names: [chosen.event] })
  }
  return turns
}

function failsAlike({ executed }: Order, wrong: Order): boolean {
  return executed.failed?.some((check) => wrong.executed.failed?.includes(check)) ?? false
}

function isShorter(one: Order, other: Order): boolean {
  const differences = [
    one.preemptions - other.preemptions,
    one.names.length - other.names.length,
    turnsOf(one).length - turnsOf(other).length,
  ]
  return (differences.find((difference) => difference !== 0) ?? 0) < 0
}

function keyOf(names: readonly EventName[]): string {
  return names.join('\n')
}
