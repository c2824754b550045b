/**
 * Where the ranking of one regime is not that of another: pairs of which one is ahead here and the other there, both
 * times by more than chance explains. Who wins a sale in which everyone gets a unit may lose one in which most are
 * refused. Pure.
 */
import { type Regime, regimeName, type ResponseFigure } from '../core/compare-record.ts'
import type { Estimate } from '../core/statistics/estimate.ts'
import { canBeToldApart, timeWords } from './ranking.ts'

interface Standing {
  readonly name: string
  readonly place: number
  readonly meetsSlo: boolean
  readonly time: Estimate
}

/** A sentence a pair; pairs that stand highest first. */
export function turnOvers(regimes: readonly Regime[], figure: ResponseFigure): string[] {
  return pairsOf(regimes).flatMap(([one, other]) => {
    const [here, there] = [standingsOf(one, figure), standingsOf(other, figure)]
    return pairsOf(here).flatMap(([ahead, behind]) => {
      const [aheadThere, behindThere] = [find(there, ahead), find(there, behind)]
      if (aheadThere === undefined || behindThere === undefined) return []
      const turns = isBefore(ahead, behind) && isBefore(behindThere, aheadThere)
      if (!turns) return []
      const words = (first: Standing, second: Standing): string =>
        `${first.name} is before ${second.name} (${whyBefore(first, second, figure)})`
      return [
        `at ${regimeName(one)} ${words(ahead, behind)}, at ${regimeName(other)} ${words(behindThere, aheadThere)}`,
      ]
    })
  })
}

/** Best first. */
function standingsOf({ places, results }: Regime, figure: ResponseFigure): Standing[] {
  return places.flatMap(({ place, contestants, meetsSlo }) =>
    contestants.flatMap((name) => {
      const time = results.find(({ contestant }) => contestant === name)?.figures?.responseMs[figure] ?? null
      return time === null ? [] : [{ name, place, meetsSlo, time }]
    }),
  )
}

/**
 * A better place is not enough: two at the border of places may be too close to be told apart, and what one run alone makes
 * of the SLO the next may not.
 */
function isBefore(a: Standing, b: Standing): boolean {
  if (a.place >= b.place) return false
  return isDecidedBySlo(a, b) ? isRepeated(a) && isRepeated(b) : canBeToldApart(a.time, b.time)
}

function isDecidedBySlo(a: Standing, b: Standing): boolean {
  return a.meetsSlo !== b.meetsSlo
}

function isRepeated({ time }: Standing): boolean {
  return time.values.length > 1
}

function whyBefore(first: Standing, second: Standing, figure: ResponseFigure): string {
  if (isDecidedBySlo(first, second)) return 'it meets the SLO'
  return `${figure} ${timeWords(first.time)} against ${timeWords(second.time)}`
}

function find(standings: readonly Standing[], { name }: Standing): Standing | undefined {
  return standings.find((one) => one.name === name)
}

function pairsOf<T>(things: readonly T[]): [T, T][] {
  return things.flatMap((first, index) => things.slice(index + 1).map((second): [T, T] => [first, second]))
}
