/** What a person sees while a gate goes on: a line a visit, and what the gate will be able to tell, before it begins. */
import type { GateVisit, PlannedVisit } from '../core/gate-record.ts'
import { formatCount, formatMs } from '../core/units.ts'
import { renderForeseen, renderProgressLine } from '../report/index.ts'
import type { GateObserver } from '../run/gate/run-gate.ts'
import type { RunObserver } from '../run/run-scenario.ts'
import { shownPath } from './shown-path.ts'
import type { Terminal } from './terminal.ts'

export interface GateDisplay {
  readonly observer: GateObserver
  /** Of each visit's run: its steps are told in no lines of their own, since a gate has a hundred of them. */
  readonly runObserver: RunObserver
}

export function followGate(terminal: Terminal): GateDisplay {
  let visit = ''
  let isWaitTold = false
  let run = { steps: 0, model: 'open' as const }
  return {
    observer: {
      started: (folder) => terminal.say(`writing to ${shownPath(folder)}`),
      waiting(what) {
        if (terminal.isLive) terminal.live(`${visit}: ${what}`)
        else if (!isWaitTold) terminal.say(what)
        isWaitTold = true
      },
      visiting(planned, number, of) {
        visit = `visit ${number}${of === null ? '' : ` of ${of}`}: ${placeWords(planned)}`
        terminal.live(visit)
      },
      visited: (visited) => terminal.say(`${visit}: ${visitWords(visited)}`),
      foreseen({ shortage, rounds }, effects) {
        if (shortage !== null) terminal.say(shortage)
        if (rounds > 0) terminal.say(renderForeseen(effects))
      },
      suspected: (sentence) => terminal.say(`a second round: ${sentence}`),
    },
    runObserver: {
      waiting: (what) => terminal.say(`${what} ...`),
      started: ({ scenario }) => {
        run = { ...run, steps: scenario.steps.length }
      },
      progress(plan, progress, word) {
        const shown = { ...progress, wrong: word?.finding.sentence ?? null }
        terminal.live(`${visit}: ${renderProgressLine(plan, shown, run)}`)
      },
      targetSaid: (words) => terminal.say(`the server said:\n${words}`),
    },
  }
}

function placeWords({ arm, block, round }: PlannedVisit): string {
  if (block !== null) return `${arm}, round ${round}`
  return arm === 'baseline' ? 'baseline, to calibrate' : arm
}

function visitWords({ verdict, failedChecks, figures }: GateVisit): string {
  const [failed] = failedChecks
  if (failed !== undefined) return failed.sentence
  if (verdict === 'environment') return 'ended early'
  const { goodputPerSec, p50Ms, p99Ms } = figures
  const time = (ms: number | null): string => (ms === null ? '-' : formatMs(ms))
  const rate = goodputPerSec === null ? '-' : `${formatCount(goodputPerSec)}/s`
  return `${verdict === 'passed' ? 'right' : verdict}, ${rate}, p50 ${time(p50Ms)}, p99 ${time(p99Ms)}`
}
