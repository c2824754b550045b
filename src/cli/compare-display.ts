/** What a person sees while a comparison goes on: which run it is, what it waits for, and each run as `run` shows it. */
import type { CompareObserver, CompareOptions } from '../run/compare.ts'
import { formatQuantity } from '../core/units.ts'
import { headlineOf } from '../report/index.ts'
import { followRun } from './run-display.ts'
import { shownPath } from './shown-path.ts'
import type { Terminal } from './terminal.ts'

export function followComparison(terminal: Terminal): CompareObserver {
  return {
    started: (directory) => terminal.say(`writing to ${shownPath(directory)}`),
    waiting: (sentence) => terminal.say(sentence),
    runStarts({ number, of, contestant, regime }) {
      terminal.say(`\n${number} of ${of}: ${contestant}, ${regime}`)
      return followRun(terminal)
    },
    runEnded(record) {
      const { word, rest } = headlineOf(record)
      terminal.say(word + rest)
    },
    couldNotRun(contestant, { message, hint }) {
      terminal.warn(`${contestant} can't run, and is left out: ${message}`)
      if (hint !== undefined) terminal.say(hint)
    },
    warned: (warning) => terminal.warn(warning),
  }
}

/** Of services, server, warm-up and ledger beside the load of a run. */
const BESIDE_THE_LOAD_MS = 5_000

/** "12 runs: 3 contestants, 2 regimes, 2 runs each; some 3 min". */
export function planWords(
  plan: Pick<CompareOptions, 'scenario' | 'contestants' | 'sellThroughs' | 'repeat' | 'coolDownMs'>,
): string {
  const { scenario, contestants, sellThroughs, repeat, coolDownMs } = plan
  const runs = contestants.length * sellThroughs.length * repeat
  const loadMs = scenario.steps.reduce((sum, step) => sum + step.durationMs, 0)
  const minutes = (runs * (loadMs + coolDownMs + BESIDE_THE_LOAD_MS)) / 60_000
  const time = minutes < 1.5 ? 'about a minute' : `some ${Math.round(minutes)} min`
  return `${formatQuantity(runs, 'run')}: ${formatQuantity(contestants.length, 'contestant')}, ${formatQuantity(sellThroughs.length, 'regime')}, ${formatQuantity(repeat, 'run')} each; ${time}`
}
