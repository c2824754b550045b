/** Chooses along given events, as far as they go. */
import type { EventName } from '../../core/race-record.ts'
import type { Choose } from '../choice.ts'
import { chooseByDefault } from './order.ts'

/** Events that can't be chosen when it is their turn are left out; behind the last one all goes by default. */
export function alongLoosely(names: readonly EventName[]): Choose {
  let at = 0
  return (enabled, before) => {
    while (at < names.length) {
      const name = names[at++]!
      if (enabled.some(({ event }) => event === name)) return name
    }
    return chooseByDefault(enabled, before?.chosen.actor ?? null)?.event ?? null
  }
}
