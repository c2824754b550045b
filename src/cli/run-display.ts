/** What a person sees while a run goes on: one live line on a terminal, a plain line a step in a pipe. */
import { renderProgressLine, renderStepLine } from '../report/index.ts'
import type { RunObserver } from '../run/run-scenario.ts'
import type { Terminal } from './terminal.ts'

export function followRun(terminal: Terminal): RunObserver {
  return {
    started(record, directory) {
      terminal.say(`writing to ${directory}`)
      terminal.say(JSON.stringify(record.environment.services))
    },
    stepStarted(_plan, warnings) {
      for (const warning of warnings) terminal.say(`note: ${warning}`)
    },
    progress: (plan, progress) => terminal.live(renderProgressLine(plan, progress)),
    judging: (plan) => terminal.live(`step ${plan.stepIndex + 1}: settling, reading the ledger, judging`),
    stepFinished: (step, checks) => terminal.say(renderStepLine(step, checks)),
  }
}
