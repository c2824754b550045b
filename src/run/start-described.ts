/** Brings a described target into a run's hands: secrets, permission, its process, its buyers, in that order. */
import type { LoadModel } from '../core/run-record.ts'
import type { Scenario } from '../core/scenario.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { resourcesOfTree, type StartedServices } from '../services/index.ts'
import { checkMayTest, openAccess, readBuyers, readTls, secretsOf, startService } from '../target/index.ts'
import { DescribedService } from './described-target.ts'
import { rateCap, refuseAboveCap } from './rate-cap.ts'
import { fitToPool, refuseUnfit } from './scenario-fit.ts'

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
  const { choice, runId, scenario, env, processes, signal } = start
  const { descriptor, permittedHosts } = choice
  refuseUnfit(descriptor, scenario)
  const secrets = secretsOf(descriptor, env)
  const access = openAccess(descriptor, secrets)
  try {
    const standing = await checkMayTest(access.baseUrl, permittedHosts)
    refuseAboveCap(descriptor, standing, scenario, start.model)
    // Who logs in needs the service; a file can be wrong before anything is started.
    const maxRatePerSec = rateCap(descriptor, standing)
    const reading = { secrets, maxRatePerSec, signal }
    const named = descriptor.buyers.pool?.kind === 'login' ? null : await readBuyers(descriptor, access, reading)
    if (named !== null) fitToPool(scenario, named)
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
        identities: named ?? (await readBuyers(descriptor, access, reading)),
        secrets: secrets.values,
        tls: readTls(descriptor.tls, descriptor.folder),
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
