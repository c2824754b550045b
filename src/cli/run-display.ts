/**
 * What a person sees while a run goes on: one live line on a terminal, a plain line a step in a pipe. What is wrong with a
 * sale is said when it is first seen, with the step still on.
 */
import type { LoadModel, RunRecord } from '../core/run-record.ts'
import { renderProgressLine, renderStepLine } from '../report/index.ts'
import type { RunObserver } from '../run/run-scenario.ts'
import { shownPath } from './shown-path.ts'
import type { Terminal } from './terminal.ts'

/** `onPage`: told where the live page is, if there is one. */
export function followRun(terminal: Terminal, onPage: (url: string) => void = () => undefined): RunObserver {
  let steps = 0
  let model: LoadModel = 'open'
  /** What was said of the step that is on, by sale and check. */
  let said = new Set<string>()
  return {
    waiting: (what) => terminal.say(`${what} ...`),
    exposed({ metricsUrl, pageUrl }) {
      // Ports may be any: nobody could find them where this isn't said.
      if (metricsUrl !== null) terminal.warn(`metrics at ${metricsUrl}metrics, for discovery ${metricsUrl}targets`)
      if (pageUrl === null) return
      terminal.warn(`live page at ${pageUrl}`)
      onPage(pageUrl)
    },
    started(record, directory) {
      steps = record.scenario.steps.length
      model = record.engine.model
      const stores = storesOf(record)
      terminal.say(`${stores === '' ? '' : `${stores}; `}writing to ${shownPath(directory)}`)
      terminal.live('warming up')
    },
    stepStarted(_plan, warnings) {
      said = new Set()
      for (const warning of warnings) terminal.say(`note: ${warning}`)
    },
    progress(plan, progress, word) {
      if (word !== null && !terminal.isLive && isNew(said, `${word.sku} ${word.finding.check}`)) {
        terminal.say(`step ${plan.stepIndex + 1} of ${steps}: ${word.finding.sentence}`)
      }
      const shown = { ...progress, wrong: word?.finding.sentence ?? null }
      terminal.live(renderProgressLine(plan, shown, { steps, model }))
    },
    judging: (plan) => terminal.live(`step ${plan.stepIndex + 1} of ${steps}: settling, reading the ledger, judging`),
    stepFinished: (step, checks) => terminal.say(renderStepLine(step, checks, steps)),
    targetSaid: (words) => terminal.say(`the server said:\n${words}`),
  }
}

function isNew(known: Set<string>, name: string): boolean {
  const isNew = !known.has(name)
  known.add(name)
  return isNew
}

function storesOf({ environment: { services } }: RunRecord): string {
  return Object.entries(services)
    .map(([name, service]) => `${name} ${service.version.split(' ', 1)[0]} (${service.provider})`)
    .join(', ')
}
