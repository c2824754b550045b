/**
 * Makes a wrong order easier to follow: fewer interruptions, then fewer events, then fewer turns. By trying: what is kept
 * was run, and failed in one of the checks that failed before.
 */
import type { Execute } from '../choice.ts'
import { lettingGo } from './follow.ts'
import { type Order, orderOf } from './order.ts'

/** Enough for an order of some ten turns. */
const MOST_TRIES = 60

/** What one actor does without another one between. */
interface Turn {
  readonly actor: string
  readonly events: number
}

/** @param terms `hasTime` is asked before each try. */
export async function shrinkOrder(execute: Execute, wrong: Order, terms: { hasTime(): boolean }): Promise<Order> {
  const tried = new Set([keyOf(turnsOf(wrong))])
  let shortest = wrong
  for (let candidates = candidatesFrom(wrong); candidates.length > 0; ) {
    const turns = candidates.shift()!
    if (tried.has(keyOf(turns))) continue
    // The wrong order itself is one of those that were tried.
    if (tried.size > MOST_TRIES || !terms.hasTime()) break
    tried.add(keyOf(turns))
    const order = orderOf(await execute(lettingGo(actorsOf(turns))))
    if (!failsAlike(order, wrong) || !isShorter(order, shortest)) continue
    shortest = order
    candidates = candidatesFrom(order)
  }
  return shortest
}

/** Those that leave most to the default first. */
function candidatesFrom(order: Order): Turn[][] {
  const turns = turnsOf(order)
  return [
    ...turns.map((_, end) => turns.slice(0, end)),
    ...turns.flatMap((_, at) => joinedFrom(turns, at)),
    ...turns.map((_, at) => turns.toSpliced(at, 1)),
  ]
}

/** A turn together with the actor's next one: there, or here. */
function joinedFrom(turns: readonly Turn[], at: number): Turn[][] {
  const { actor } = turns[at]!
  const next = turns.findIndex((turn, index) => index > at && turn.actor === actor)
  if (next < 0) return []
  const joined = { actor, events: turns[at]!.events + turns[next]!.events }
  return [turns.with(at, joined).toSpliced(next, 1), turns.with(next, joined).toSpliced(at, 1)]
}

function turnsOf({ executed: { steps } }: Order): Turn[] {
  const turns: { actor: string; events: number }[] = []
  for (const { chosen } of steps) {
    const last = turns.at(-1)
    if (last?.actor === chosen.actor) last.events++
    else turns.push({ actor: chosen.actor, events: 1 })
  }
  return turns
}

function actorsOf(turns: readonly Turn[]): string[] {
  return turns.flatMap(({ actor, events }) => Array.from({ length: events }, () => actor))
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

function keyOf(turns: readonly Turn[]): string {
  return actorsOf(turns).join('\n')
}
