/** What differs between two machines, or between what they were asked to do: times can't be compared across it. */
import type { RunEnvironment, RunRecord, ServiceRecord } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'

type Measured = Pick<RunRecord, 'environment' | 'scenario' | 'engine' | 'target'>

/** A sentence each, "CPU: EPYC where the baseline had Xeon"; none: they can be compared. `than`: who had the other. */
export function environmentDifferences(baseline: Measured, candidate: Measured, than = 'the baseline'): string[] {
  const [before, after] = [termsOf(baseline), termsOf(candidate)]
  // How many processes a service of the user's has, nobody knows.
  if (baseline.target.kind !== candidate.target.kind) for (const terms of [before, after]) terms.delete(INSTANCES)
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((term) => {
    const [was, is] = [before.get(term) ?? 'none', after.get(term) ?? 'none']
    return was === is ? [] : [`${term}: ${is} where ${than} had ${was}`]
  })
}

const INSTANCES = 'instances'

function termsOf({ environment, scenario, engine, target }: Measured): Map<string, string> {
  const { postgres, redis } = environment.services
  return new Map([
    ...machineTerms(environment),
    ...generatorTerms(engine),
    ...(target.kind === 'strategy' ? [[INSTANCES, String(target.instances)] as const] : []),
    ...serviceTerms('postgres', postgres),
    ...serviceTerms('redis', redis),
    ...scenarioTerms(scenario),
  ])
}

function machineTerms({ cpuModel, cores, node }: RunEnvironment): [string, string][] {
  return [
    ['CPU', cpuModel.trim()],
    ['cores', String(cores)],
    ['Node', node],
  ]
}

/** An engine's own time is in every time that it measures. */
function generatorTerms({ name, model, workers }: RunRecord['engine']): [string, string][] {
  return [
    ['engine', `${name}, ${model} model`],
    ['workers of the generator', String(workers)],
  ]
}

function serviceTerms(name: string, service: ServiceRecord | undefined): [string, string][] {
  if (service === undefined) return []
  return [
    [name, `${service.version} (${service.provider})`],
    ...Object.entries(service.settings).map(([key, value]): [string, string] => [`${name} ${key}`, value]),
  ]
}

/** What the load is made of; names, seeds and thresholds change nothing of what a request costs. */
function scenarioTerms({ sale, buyers, steps, maxInFlight, timeoutMs }: Scenario): [string, string][] {
  const perStep = [...new Set(steps.map((step) => JSON.stringify(step)))].join(', ')
  return [
    ['sale', JSON.stringify(sale)],
    ['buyers', JSON.stringify(buyers)],
    ['steps', perStep],
    ['requests in flight at most', String(maxInFlight)],
    ['timeout', `${timeoutMs} ms`],
  ]
}
