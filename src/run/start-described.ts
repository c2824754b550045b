/** Brings a described target into a run's hands: secrets, permission, its process, its buyers, in that order. */
import { HarnessError } from '../core/errors.ts'
import { peakRatePerSec } from '../core/step-rate.ts'
import type { Scenario } from '../core/scenario.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { formatCount } from '../core/units.ts'
import { resourcesOfTree, type StartedServices } from '../services/index.ts'
import { checkMayTest, openAccess, readBuyers, readTls, secretsOf, startService } from '../target/index.ts'
import { DescribedService } from './described-target.ts'

export interface DescribedChoice {
  readonly kind: 'service'
  readonly descriptor: TargetDescriptor
  /** Hosts beyond private networks that may be put under load. */
  readonly permittedHosts: readonly string[]
}

export interface DescribedStart {
  readonly choice: DescribedChoice
  readonly runId: string
  readonly scenario: Scenario
  readonly model: 'open' | 'closed'
  readonly env: Readonly<Record<string, string | undefined>>
  readonly processes: StartedServices['processes']
  readonly signal: AbortSignal
}

/** Throws HarnessError; leaves nothing behind then. */
export async function startDescribed(start: DescribedStart): Promise<DescribedService> {
  const { choice, runId, scenario, env, processes, signal } = start
  const { descriptor, permittedHosts } = choice
  refuseAboveCap(descriptor, scenario, start.model)
  const secrets = secretsOf(descriptor, env)
  const access = openAccess(descriptor, secrets)
  try {
    await checkMayTest(access.baseUrl, permittedHosts)
    const service = await startService(descriptor, access, {
      runId,
      own: (intent) => processes.own(intent),
      resourcesOf: resourcesOfTree,
      signal,
    })
    try {
      const described = {
        protocol: descriptor.protocol,
        headers: descriptor.headers,
        identities: await readBuyers(descriptor, access, signal),
        secrets: secrets.values,
        tls: readTls(descriptor.tls, descriptor.folder),
      }
      return new DescribedService({ descriptor, runId, access, service, described, signal })
    } catch (error) {
      await service[Symbol.asyncDispose]()
      throw error
    }
  } catch (error) {
    await access[Symbol.asyncDispose]()
    throw error
  }
}

/** Refused, not slowed down: a load that isn't the scenario's shows nothing about the scenario. */
function refuseAboveCap(
  { name, maxRatePerSec }: TargetDescriptor,
  { steps }: Scenario,
  model: 'open' | 'closed',
): void {
  if (maxRatePerSec === null) return
  const peak = Math.max(...steps.map(peakRatePerSec))
  if (model === 'open' && peak <= maxRatePerSec) return
  const what =
    model === 'closed'
      ? 'the closed model asks as fast as it is answered'
      : `the scenario asks for up to ${formatCount(peak)}/s`
  throw new HarnessError('USAGE', {
    message: `${what}, and ${name} is to get ${formatCount(maxRatePerSec)}/s at most (maxRate)`,
    hint:
      model === 'closed'
        ? 'Take the engine open, or raise maxRate in the descriptor when you know that it may stand more.'
        : `Begin with --rate ${Math.floor(maxRatePerSec)}, or raise maxRate in the descriptor when you know that it may stand more.`,
  })
}
