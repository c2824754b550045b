/** What a person sees while a race goes on: how many orders were tried, and at once that one was wrong. */
import { formatQuantity } from '../core/units.ts'
import { isWrongCrash, shortTime } from '../report/index.ts'
import type { RaceObserver, RaceProgress } from '../run/race/race-options.ts'
import type { Terminal } from './terminal.ts'

/** In a pipe, a line when there are so many orders, and when there are ten times as many. */
const FIRST_TOLD = 100

/** `isReplay`: one order is run again, and nothing is searched for as long as it is wrong. */
export function followRace(terminal: Terminal, { isReplay }: { readonly isReplay: boolean }): RaceObserver {
  let told = FIRST_TOLD
  let isWrongTold = false
  let crashes = 0
  let searches = !isReplay
  return {
    waiting: (what) => terminal.say(`${what} ...`),
    started(stock) {
      told = FIRST_TOLD
      isWrongTold = false
      crashes = 0
      searches = !isReplay
      const what = isReplay ? 'running the order again' : 'trying orders'
      terminal.say(`${what} for ${formatQuantity(stock, 'unit')}`)
    },
    notWrongAgain(stock) {
      searches = true
      terminal.say(`it is not wrong any more: trying all orders for ${formatQuantity(stock, 'unit')}`)
    },
    order(progress) {
      if (!searches) return
      const words = progressWords(progress)
      if (progress.wrong > 0 && !isWrongTold) {
        isWrongTold = true
        terminal.say(`${words}: looking for the shortest`)
      } else if (!terminal.isLive && progress.tried >= told) {
        told *= 10
        terminal.say(words)
      } else terminal.live(words)
    },
    crash(stock, point) {
      crashes += 1
      const words = `${formatQuantity(stock, 'unit')}: ${formatQuantity(crashes, 'crash', 'crashes')}`
      if (isWrongCrash(point)) terminal.say(`${words}: ${point.sentence}`)
      else terminal.live(words)
    },
    targetSaid: (words) => terminal.say(`the server said:\n${words}`),
  }
}

function progressWords({ stock, tried, wrong, elapsedMs }: RaceProgress): string {
  const found = wrong === 0 ? 'none wrong' : `${wrong} wrong`
  return `${formatQuantity(stock, 'unit')}: ${formatQuantity(tried, 'order')}, ${found}, ${shortTime(elapsedMs)}`
}
