/** What a person sees while a gate goes on: a line a visit, and what the gate will be able to tell, before it begins. */
import type { GateVisit, PlannedVisit } from '../core/gate-record.ts'
import { formatCount, formatMs } from '../core/units.ts'
import { renderForeseen } from '../report/index.ts'
import type { GateObserver } from '../run/gate/run-gate.ts'
import type { RunObserver } from '../run/run-scenario.ts'
import { followRun } from './run-display.ts'
import { shownPath } from './shown-path.ts'
import type { Terminal } from './terminal.ts'

/** Of the gate itself; {@link followVisits} draws the live line of each run. */
export function followGate(terminal: Terminal): GateObserver {
  let begun = ''
  return {
    started: (folder) => terminal.say(`writing to ${shownPath(folder)}`),
    waiting: (what) => terminal.say(what),
    visiting(planned, number, of) {
      begun = `visit ${number}${of === null ? '' : ` of ${of}`}: ${placeWords(planned)}`
      terminal.live(begun)
    },
    visited: (visit) => terminal.say(`${begun}: ${visitWords(visit)}`),
    foreseen: (_plan, effects) => terminal.say(renderForeseen(effects)),
    suspected: (sentence) => terminal.say(`a second round: ${sentence}`),
  }
}

/** Steps of visits are told in no lines of their own: a gate has a hundred of them. */
export function followVisits(terminal: Terminal): RunObserver {
  const { progress, judging, targetSaid, waiting } = followRun(terminal)
  return { progress: progress!, judging: judging!, targetSaid: targetSaid!, waiting: waiting! }
}

function placeWords({ arm, block, round }: PlannedVisit): string {
  return block === null ? arm : `${arm}, round ${round}`
}

function visitWords({ verdict, failedChecks, figures }: GateVisit): string {
  const [failed] = failedChecks
  if (failed !== undefined) return failed.sentence
  const { goodputPerSec, p50Ms, p99Ms } = figures
  const time = (ms: number | null): string => (ms === null ? '-' : formatMs(ms))
  const rate = goodputPerSec === null ? '-' : `${formatCount(goodputPerSec)}/s`
  return `${verdict === 'passed' ? 'right' : verdict}, ${rate}, p50 ${time(p50Ms)}, p99 ${time(p99Ms)}`
}
