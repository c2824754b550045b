/** Chooses along given actors, as far as they go. */
import type { Choose } from '../choice.ts'
import { chooseByDefault } from './order.ts'

/**
 * Lets them go in turn, an event each, whatever it is then: when a loop looks once less than in another order, its events
 * have other names, and are as good. Who can't go in their turn is passed over; behind the last one all goes by default.
 */
export function lettingGo(actors: readonly string[]): Choose {
  let at = 0
  return (enabled, before) => {
    while (at < actors.length) {
      const turn = actors[at++]!
      const choice = enabled.find(({ actor }) => actor === turn)
      if (choice !== undefined) return choice.event
    }
    return chooseByDefault(enabled, before?.chosen.actor ?? null)?.event ?? null
  }
}
