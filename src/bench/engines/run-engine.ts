/** One step of uniform buys through an engine, after the engine's own warm-up. */
import type { HistoryColumns } from '../../core/history.ts'
import type { StepPlan } from '../../core/scenario.ts'
import { loadFigures } from '../../load/step-figures.ts'
import { type EngineChoice, loadEngine } from '../../run/engines.ts'
import { cpuSecondsSince } from '../engine/peer.ts'
import { uniformBuys } from '../engine/uniform-buys.ts'
import type { EngineFigures, EngineLoad } from './contestant.ts'

export const TIMEOUT_MS = 5_000
const signal = new AbortController().signal

export async function runEngine(choice: EngineChoice, load: EngineLoad): Promise<EngineFigures> {
  const loads = loadEngine(choice, process.env)
  const plan = planOf(load, loads.model)
  const engine = await loads.start({
    targetUrl: load.url,
    maxInFlight: load.connections,
    timeoutMs: TIMEOUT_MS,
    originNs: process.hrtime.bigint(),
    peakRatePerSec: load.ratePerSec,
  })
  try {
    for (const warmUp of engine.warmUps) await engine.warmUp(warmUp, { requestIdPrefix: 'w-', signal })
    await engine.prepareStep?.(plan, { requestIdPrefix: 'bench-', signal })
    const cpu = process.cpuUsage()
    const { history, startedAtNs, generator } = await engine.runStep(plan, { requestIdPrefix: 'bench-', signal })
    const ofThisProcess = cpuSecondsSince(cpu)
    const isOpen = loads.model === 'open'
    const figures = loadFigures(
      history,
      { step: plan.step, model: loads.model, startedAtNs },
      { timeoutMs: TIMEOUT_MS },
    )
    return {
      answered: figures.completed,
      tookMs: Math.max(isOpen ? load.durationMs : 0, (lastAnswerNs(history) - startedAtNs) / 1e6),
      // The other engines' threads are this process's own.
      cpuSeconds: ofThisProcess + (choice.name === 'k6' ? generator.cpuSeconds : 0),
      lateP50Ms: isOpen ? figures.sendLatenessMs.p50! : Number.NaN,
      lateP99Ms: isOpen ? figures.sendLatenessMs.p99! : Number.NaN,
      responseP50Ms: figures.responseMs.p50!,
    }
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

function planOf({ ratePerSec, durationMs, connections }: EngineLoad, model: 'open' | 'closed'): StepPlan {
  const plan = uniformBuys(ratePerSec, durationMs)
  return model === 'open' ? plan : { ...plan, step: { ...plan.step, connections } }
}

function lastAnswerNs({ completedAtNs }: HistoryColumns): number {
  return completedAtNs.reduce((last, atNs) => (atNs > last ? atNs : last), 0)
}
