/** Brings a described target into a run's hands: secrets, permission, its process, its buyers, in that order. */
import type { BuyerIdentities } from '../core/buyer-protocol.ts'
import type { LoadModel } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import type { DescribedTarget } from '../load/load-engine.ts'
import { resourcesOfTree, type StartedServices } from '../services/index.ts'
import { openAccess, readBuyers, readTls, type Secrets, secretsOf, startService } from '../target/index.ts'
import { admit } from './admission.ts'
import { DescribedService } from './described-target.ts'
import { refuseUnfit } from './scenario-fit.ts'

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
  readonly model: LoadModel
  readonly env: Readonly<Record<string, string | undefined>>
  readonly processes: StartedServices['processes']
  readonly signal: AbortSignal
}

/** Throws HarnessError; leaves nothing behind then. */
export async function startDescribed(start: DescribedStart): Promise<DescribedService> {
  const { choice, runId, scenario, model, env, processes, signal } = start
  const { descriptor, permittedHosts } = choice
  refuseUnfit(descriptor, scenario)
  const secrets = secretsOf(descriptor, env)
  const access = openAccess(descriptor, secrets)
  try {
    const { maxRatePerSec, named } = await admit({ descriptor, permittedHosts, scenario, model, secrets, access })
    const service = await startService(descriptor, access, {
      runId,
      own: (intent) => processes.own(intent),
      resourcesOf: resourcesOfTree,
      signal,
    })
    try {
      const identities = named ?? (await readBuyers(descriptor, access, { secrets, maxRatePerSec, signal }))
      const described = {
        ...loadedTarget(descriptor, identities, secrets),
        mayBeRead: descriptor.warmUpMs > 0 && maxRatePerSec === null,
      }
      return new DescribedService({ descriptor, runId, access, service, described, maxRatePerSec, signal })
    } catch (error) {
      await service[Symbol.asyncDispose]()
      throw error
    }
  } catch (error) {
    await access[Symbol.asyncDispose]()
    throw error
  }
}

/** As whoever drives buyers takes it. Throws HarnessError USAGE where a file of its TLS options can't be read. */
export function loadedTarget(
  { protocol, headers, tls, folder }: TargetDescriptor,
  identities: BuyerIdentities,
  secrets: Pick<Secrets, 'values'>,
): DescribedTarget {
  return { protocol, headers, identities, secrets: secrets.values, tls: readTls(tls, folder) }
}
