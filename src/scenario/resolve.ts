/**
 * From the written form, which the schema has passed, to a scenario with every default filled in and every unit in
 * its name.
 */
import type { Buyers, SaleTerms, Scenario, Step, StepShape, Threshold } from '../core/scenario.ts'
import { parseDurationMs } from '../core/units.ts'
import { SCENARIO_DEFAULTS, SCENARIO_LIMITS } from './limits.ts'
import type { ReplayTimes } from './replay-file.ts'
import type { WrittenScenario } from './schema.ts'
import { meanRateOf } from './schema-steps.ts'
import { skuNames } from './sku-names.ts'
import { plannedRequests, staircaseRates } from './staircase.ts'
import { parseThreshold } from './threshold-expression.ts'

/** `firstOptionThreshold`: index of the first threshold that came from an option. `replays`: by the index of their step. */
export function resolveScenario(
  written: WrittenScenario,
  firstOptionThreshold: number,
  replays: ReadonlyMap<number, ReplayTimes>,
): Scenario {
  const steps = resolveSteps(written, replays)
  return {
    name: written.name,
    description: written.description?.trim() ?? '',
    seed: written.seed ?? SCENARIO_DEFAULTS.seed,
    sale: resolveSale(written.sale),
    buyers: resolveBuyers(written.buyers ?? {}, steps),
    steps,
    maxInFlight: written.maxInFlight ?? SCENARIO_DEFAULTS.maxInFlight,
    timeoutMs: written.timeout === undefined ? SCENARIO_DEFAULTS.timeoutMs : durationMs(written.timeout),
    thresholds: resolveThresholds(written.thresholds ?? [], firstOptionThreshold, steps.length),
  }
}

function resolveSteps(written: WrittenScenario, replays: ReadonlyMap<number, ReplayTimes>): Step[] {
  const fallback = written.arrivals ?? SCENARIO_DEFAULTS.arrivals
  if (Array.isArray(written.steps)) {
    return written.steps.map((step, index) => {
      const said = step.connections === undefined ? {} : { connections: step.connections }
      if (step.replay !== undefined) return { ...replayStep(step.replay, replays.get(index)!), ...said }
      const stepMs = durationMs(step.duration!)
      const shape = shapeOf(step, stepMs)
      return {
        arrivalRatePerSec: meanRateOf(step, stepMs),
        durationMs: stepMs,
        arrivals: step.arrivals ?? fallback,
        ...(shape !== null && { shape }),
        ...said,
      }
    })
  }
  const { staircase } = written.steps
  if (staircase === undefined) return connectionSteps(written.steps, fallback)
  return staircaseRates(staircase, written.full ?? false).map((arrivalRatePerSec) => ({
    arrivalRatePerSec,
    durationMs: durationMs(staircase.duration),
    arrivals: staircase.arrivals ?? fallback,
  }))
}

type WrittenMany = Exclude<WrittenScenario['steps'], readonly unknown[]>

function connectionSteps(written: WrittenMany, arrivals: Step['arrivals']): Step[] {
  const stepMs = durationMs(written.duration!)
  const arrivalRatePerSec = meanRateOf(written, stepMs)
  return written.connections!.map((connections) => ({ arrivalRatePerSec, durationMs: stepMs, arrivals, connections }))
}

type WrittenStep = Extract<WrittenScenario['steps'], readonly unknown[]>[number]

function shapeOf({ ramp, spike }: WrittenStep, stepMs: number): StepShape | null {
  if (ramp !== undefined) return { kind: 'ramp', fromRatePerSec: ramp.from, toRatePerSec: ramp.to }
  if (spike === undefined) return null
  const decayMs = spike.decay === undefined ? stepMs * SCENARIO_DEFAULTS.spikeDecay : durationMs(spike.decay)
  return { kind: 'spike', decayMs }
}

/** Lasts one mean gap beyond its last arrival, as n evenly spaced arrivals have n gaps. */
function replayStep(file: string, { atMs }: ReplayTimes): Step {
  const lastMs = atMs.at(-1)!
  const meanGapMs = atMs.length === 1 ? 0 : lastMs / (atMs.length - 1)
  const stepMs = Math.max(SCENARIO_LIMITS.stepDurationMs.min, lastMs + meanGapMs)
  return {
    arrivalRatePerSec: (atMs.length / stepMs) * 1_000,
    durationMs: stepMs,
    arrivals: 'uniform',
    shape: { kind: 'replay', file, atMs },
  }
}

function resolveSale(written: WrittenScenario['sale']): SaleTerms {
  const { stock, sellThrough, perUserLimit, opensAfter, closesAfter, skus, skew } = written
  return {
    stock:
      stock === undefined ? { kind: 'sellThrough', share: shareOf(sellThrough ?? 1) } : { kind: 'units', units: stock },
    perUserLimit: perUserLimit ?? null,
    opensAfterMs: opensAfter === undefined ? null : durationMs(opensAfter),
    closesAfterMs: closesAfter === undefined ? null : durationMs(closesAfter),
    skus: skus === undefined ? null : { names: skuNames(skus), skew: skew ?? 0 },
  }
}

function resolveBuyers(written: NonNullable<WrittenScenario['buyers']>, steps: readonly Step[]): Buyers {
  return {
    population: written.population ?? defaultPopulation(steps),
    quantities: resolveQuantities(written.quantity ?? 1),
    doubleClickShare: shareOf(written.doubleClicks ?? 0),
    readShare: shareOf(written.reads ?? 0),
    retries: written.retries === undefined ? null : resolveRetries(written.retries),
    bots: written.bots === undefined ? null : { share: shareOf(written.bots.share), users: written.bots.users },
  }
}

function resolveRetries(written: NonNullable<NonNullable<WrittenScenario['buyers']>['retries']>): Buyers['retries'] {
  return {
    share: shareOf(written.share ?? SCENARIO_DEFAULTS.retryShare),
    delayMs: written.delay === undefined ? SCENARIO_DEFAULTS.retryDelayMs : durationMs(written.delay),
    mostAttempts: written.attempts ?? SCENARIO_DEFAULTS.retryAttempts,
  }
}

function defaultPopulation(steps: readonly Step[]): number {
  const largest = Math.max(...steps.map((step) => plannedRequests(step.arrivalRatePerSec, step.durationMs)))
  const wanted = Math.max(SCENARIO_DEFAULTS.smallestPopulation, largest * SCENARIO_DEFAULTS.usersPerRequest)
  return Math.min(wanted, SCENARIO_LIMITS.population)
}

function resolveQuantities(written: number | Readonly<Record<string, number>>): Buyers['quantities'] {
  if (typeof written === 'number') return [{ quantity: written, weight: 1 }]
  return Object.entries(written).map(([quantity, weight]) => ({ quantity: Number(quantity), weight }))
}

/** The default holds for every step that no threshold on `achieved` speaks of. */
function resolveThresholds(expressions: readonly string[], firstOption: number, stepCount: number): Threshold[] {
  const parsed = expressions.map((expression, i) => thresholdOf(expression, i < firstOption ? 'scenario' : 'option'))
  const options = parsed.slice(firstOption)
  const own = parsed.slice(0, firstOption)
  const kept = own.filter((threshold) => !options.some((option) => sameSubject(option, threshold)))
  const thresholds = [...kept, ...options]

  const scopes = new Set(thresholds.filter(({ metric }) => metric === 'achieved').map(({ scope }) => scope))
  if (scopes.has('each') || scopes.has('whole')) return thresholds
  if (scopes.size === 0) return [thresholdOf(SCENARIO_DEFAULTS.achieved, 'default'), ...thresholds]
  const silent = Array.from({ length: stepCount }, (_, step) => step).filter((step) => !scopes.has(step))
  return [
    ...silent.map((step) => thresholdOf(`step ${step + 1}: ${SCENARIO_DEFAULTS.achieved}`, 'default')),
    ...thresholds,
  ]
}

function sameSubject(a: Threshold, b: Threshold): boolean {
  return a.metric === b.metric && a.scope === b.scope
}

function thresholdOf(expression: string, origin: Threshold['origin']): Threshold {
  const parsed = parseThreshold(expression)
  if (!parsed.ok) throw new RangeError(`the schema passed a threshold that cannot be parsed: ${parsed.sentence}`)
  return { ...parsed.threshold, origin }
}

function durationMs(text: string): number {
  const ms = parseDurationMs(text)
  if (ms === null) throw new RangeError(`the schema passed a duration that cannot be parsed: ${text}`)
  return ms
}

function shareOf(written: number | string): number {
  return typeof written === 'number' ? written : Number.parseFloat(written) / 100
}
