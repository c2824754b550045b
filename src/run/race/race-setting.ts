/**
 * All that a race needs, started once for all its orders: stores of the run's own, a gate before each, the server behind them,
 * and the controller that lets one thing go at a time.
 */
import type { StoreName } from '../../core/catalogue.ts'
import type { CrashSpot, RaceTerms } from '../../core/race-record.ts'
import type { RunEnvironment } from '../../core/run-record.ts'
import type { Choose } from '../../race/choice.ts'
import { openPostgresGate } from '../../race/wire/postgres-gate.ts'
import { openRedisGate } from '../../race/wire/redis-gate.ts'
import { acquireServices } from '../../services/index.ts'
import type { Environment, ServiceSettings, ServicesMode, StartedServices } from '../../services/service.ts'
import { describeEnvironment } from '../environment.ts'
import type { TargetChoice } from '../run-scenario.ts'
import { newRunId } from '../run-id.ts'
import { GatedStores } from './gated-stores.ts'
import { gatedUrl } from './gated-url.ts'
import { RaceController } from './race-controller.ts'
import { startRacedReference } from './raced-reference.ts'
import { type RacedOrder, runOrder } from './raced-order.ts'
import type { RacedTarget } from './raced-target.ts'
import { askAfterWaits } from './store-waits.ts'

export interface RaceSetting extends AsyncDisposable {
  readonly raceId: string
  readonly target: RacedTarget
  readonly environment: RunEnvironment
  /** Runs one order of a fresh sale. */
  run(order: OrderRequest, choose: Choose): Promise<RacedOrder>
}

export interface OrderRequest {
  readonly stock: number
  /** Whether the stores are asked for their stock after each event. False unless given. */
  readonly observes?: boolean
  readonly crash?: CrashSpot | null
}

export interface SettingOptions {
  readonly target: TargetChoice
  readonly terms: RaceTerms
  readonly servicesMode: ServicesMode
  readonly settings: ServiceSettings
  readonly env: Environment
  readonly signal: AbortSignal
  readonly onWait?: ((what: string) => void) | undefined
}

/** Throws HarnessError; leaves nothing behind then. */
export async function setUpRace(options: SettingOptions): Promise<RaceSetting> {
  const raceId = newRunId()
  const { target: choice, settings, env, signal, onWait, servicesMode: mode } = options
  const held: AsyncDisposable[] = []
  const release = async (): Promise<void> => {
    for (const thing of held.toReversed()) await thing[Symbol.asyncDispose]()
  }
  try {
    const { needs } = choice.strategy
    const services = await acquireServices({ needs, mode, settings, env, signal, onWait, runId: raceId })
    held.push(services)
    const stores = new GatedStores(await askAfterWaits(urlsOf(services)))
    held.push(stores)
    const controller = new RaceController(stores, signal)
    const gated = await gatesBefore(services, stores)
    const start = startRacedReference({ runId: raceId, choice, settings, services, gated })
    const target = await controller.letAllUntil(start)
    held.push(target)
    controller.attend(() => target.isIdle())
    return new StartedSetting({ raceId, target, controller, terms: options.terms, services, release })
  } catch (error) {
    await release()
    throw error
  }
}

function urlsOf({ postgres, redis }: StartedServices): Readonly<Record<StoreName, string | null>> {
  return { postgres: postgres?.url ?? null, redis: redis?.url ?? null }
}

/** The same services, as the server is to reach them. */
async function gatesBefore(services: StartedServices, stores: GatedStores): Promise<StartedServices> {
  const { postgres, redis } = services
  const through = async (store: StoreName, url: string): Promise<string> => {
    const gated = gatedUrl(store, url)
    const open = store === 'postgres' ? openPostgresGate : openRedisGate
    const gate = await stores.open((events) => open({ upstream: gated.upstream, events, nextId: stores.nextId }))
    return gated.through(gate.port)
  }
  return {
    ...services,
    postgres: postgres && { ...postgres, url: await through('postgres', postgres.url) },
    redis: redis && { ...redis, url: await through('redis', redis.url) },
  }
}

interface SettingParts {
  readonly raceId: string
  readonly target: RacedTarget
  readonly controller: RaceController
  readonly terms: RaceTerms
  readonly services: StartedServices
  readonly release: () => Promise<void>
}

class StartedSetting implements RaceSetting {
  readonly raceId: string
  readonly target: RacedTarget
  readonly environment: RunEnvironment
  readonly #parts: SettingParts
  #orders = 0

  constructor(parts: SettingParts) {
    this.#parts = parts
    this.raceId = parts.raceId
    this.target = parts.target
    this.environment = describeEnvironment(parts.services)
  }

  run({ stock, observes = false, crash = null }: OrderRequest, choose: Choose): Promise<RacedOrder> {
    const { target, controller, terms } = this.#parts
    const options = { number: this.#orders++, stock, observes, crash }
    return runOrder({ target, controller, terms }, options, choose)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.release()
  }
}
