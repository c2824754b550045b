/**
 * Brings a described service into the hands of a race: secrets, permission, the gates before its stores, its process, its
 * buyers, in that order.
 */
import type { BuyerIdentities } from '../../core/buyer-protocol.ts'
import { HarnessError } from '../../core/errors.ts'
import type { TargetDescriptor } from '../../core/target-descriptor.ts'
import { createProcessWatch, quietTime } from '../../race/stillness/index.ts'
import { resourcesOfTree, type StartedServices } from '../../services/index.ts'
import {
  checkMayTest,
  groupLives,
  openAccess,
  type OpenedAccess,
  readBuyers,
  type Secrets,
  secretsOf,
  type ServiceContext,
  startService,
} from '../../target/index.ts'
import { DescribedService } from '../described-target.ts'
import { type DescribedChoice, loadedTarget } from '../start-described.ts'
import { gatedEnvironment, type GatePlace, startedWith, type Upstream, upstreamsOf } from './gated-environment.ts'
import { refuseUnraced } from './raced-fit.ts'
import { RacedService } from './raced-service.ts'
import { RestartableService } from './restartable-service.ts'

/** Where nobody can tell whether the service is at work. */
const QUIET_MS = 50

export interface RacedStart {
  readonly choice: DescribedChoice
  readonly runId: string
  /** So many are needed of a pool. */
  readonly buyers: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly processes: StartedServices['processes']
  /**
   * Opens a gate before each of the stores, by the name of its variable, before the service is started. Whoever opens them
   * closes them. They let everything through while the service starts.
   */
  readonly openGates: (upstreams: readonly Upstream[]) => Promise<Readonly<Record<string, GatePlace>>>
  readonly signal: AbortSignal
}

/** Throws HarnessError; leaves nothing behind then but the gates. */
export async function startRaced(start: RacedStart): Promise<RacedService> {
  const { descriptor, permittedHosts } = start.choice
  refuseUnraced(descriptor)
  const secrets = secretsOf(descriptor, start.env)
  const access = openAccess(descriptor, secrets)
  try {
    await checkMayTest(access.baseUrl, permittedHosts)
    const service = await startGated(start, access)
    try {
      const identities = await buyersOf(start, access, secrets)
      const sales = new DescribedService({
        descriptor,
        runId: start.runId,
        access,
        service,
        described: loadedTarget(descriptor, identities, secrets),
        maxRatePerSec: null,
        signal: start.signal,
      })
      const leaders = (): number[] => (service.pid === null ? [] : [service.pid])
      const quietMs = descriptor.race?.quietMs ?? 0
      const watch = createProcessWatch(leaders, quietMs) ?? quietTime(Math.max(quietMs, QUIET_MS))
      return new RacedService({ sales, service, watch })
    } catch (error) {
      await service[Symbol.asyncDispose]()
      throw error
    }
  } catch (error) {
    await access[Symbol.asyncDispose]()
    throw error
  }
}

async function startGated(
  { choice, runId, processes, openGates, signal }: RacedStart,
  access: OpenedAccess,
): Promise<RestartableService> {
  const { descriptor } = choice
  const gates = await openGates(upstreamsOf(descriptor, access))
  const led = startedWith(descriptor, gatedEnvironment(descriptor, access, gates))
  const context: ServiceContext = {
    runId,
    own: (intent) => processes.own(intent),
    resourcesOf: resourcesOfTree,
    signal,
  }
  const service = await RestartableService.start(() => startService(led, access, context))
  if (service.pid === null || groupLives(service.pid)) return service
  await service[Symbol.asyncDispose]()
  throw new HarnessError('TARGET_FAILED', {
    message: `${descriptor.name} can't be raced: its start command has ended, and left it running by itself`,
    hint: 'Let `start` stay in the foreground: a race has to see when the service is idle, and to kill it.',
  })
}

/** Only so many of them log in as buy. Throws HarnessError USAGE where the pool has fewer. */
async function buyersOf(
  { choice, buyers, signal }: RacedStart,
  access: OpenedAccess,
  secrets: Secrets,
): Promise<BuyerIdentities> {
  const identities = await readBuyers(withLogins(choice.descriptor, buyers), access, {
    secrets,
    maxRatePerSec: null,
    signal,
  })
  const size = identities.pool?.length ?? buyers
  if (size >= buyers) return identities
  throw new HarnessError('USAGE', {
    message: `the race has ${buyers} buyers, and the pool of ${choice.descriptor.name} only ${size}`,
  })
}

function withLogins(descriptor: TargetDescriptor, buyers: number): TargetDescriptor {
  const { pool } = descriptor.buyers
  if (pool?.kind !== 'login') return descriptor
  const count = Math.min(pool.count, buyers)
  return { ...descriptor, buyers: { ...descriptor.buyers, pool: { ...pool, count } } }
}
