/**
 * All that a race needs, started once for all its orders: stores of the run's own, a gate before each, the server behind them,
 * and the controller that lets one thing go at a time.
 */
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import type { CrashSpot, RaceTerms } from '../../core/race-record.ts'
import type { RunEnvironment } from '../../core/run-record.ts'
import type { Choose } from '../../race/choice.ts'
import { openPostgresGate } from '../../race/wire/postgres-gate.ts'
import { openRedisGate } from '../../race/wire/redis-gate.ts'
import { acquireServices } from '../../services/index.ts'
import type {
  Environment,
  ServiceSettings,
  ServicesMode,
  ServicesRequest,
  StartedServices,
} from '../../services/service.ts'
import { describeEnvironment } from '../environment.ts'
import type { StrategyChoice } from '../reference-target.ts'
import type { TargetChoice } from '../run-scenario.ts'
import { newRunId } from '../run-id.ts'
import type { DescribedChoice } from '../start-described.ts'
import type { GatePlace } from './gated-environment.ts'
import { GatedStores } from './gated-stores.ts'
import { gatedUrl, type Upstream } from './gated-url.ts'
import { RaceController } from './race-controller.ts'
import { startRacedReference } from './raced-reference.ts'
import { type RacedOrder, runOrder } from './raced-order.ts'
import type { RacedTarget } from './raced-target.ts'
import { type RacedStart, startRaced } from './start-raced.ts'
import { askAfterWaits } from './store-waits.ts'

export interface RaceSetting extends AsyncDisposable {
  readonly raceId: string
  readonly target: RacedTarget
  readonly environment: RunEnvironment
  /** Runs one order of a fresh sale. */
  run(order: OrderRequest, choose: Choose): Promise<RacedOrder>
}

interface OrderRequest {
  readonly stock: number
  /** Whether the stores are asked for their stock after each event. False unless given. */
  readonly observes?: boolean
  readonly crash?: CrashSpot | null
  /** See OrderOptions.memory. False unless given. */
  readonly memory?: boolean
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
  const { target: choice, terms, signal } = options
  const held: AsyncDisposable[] = []
  const release = async (): Promise<void> => {
    for (const thing of held.toReversed()) await thing[Symbol.asyncDispose]()
  }
  let starting: Promise<RacedTarget> | null = null
  try {
    const services = await acquireServices(servicesRequest(options, raceId))
    held.push(services)
    const stores = new GatedStores()
    held.push(stores)
    const controller = new RaceController(stores, signal)
    starting =
      choice.kind === 'strategy'
        ? startReference(choice, options, { raceId, services, stores })
        : startService(choice, options, { raceId, services, stores })
    const target = await controller.letAllUntil(starting)
    held.push(target)
    controller.attend(() => target.isIdle())
    return new StartedSetting({ raceId, target, controller, terms, services, release })
  } catch (error) {
    await release()
    // Without its stores it comes to an end, if it was on its way still.
    await starting?.then((target) => target[Symbol.asyncDispose]()).catch(() => {})
    throw signal.aborted
      ? new HarnessError('INTERRUPTED', { message: 'interrupted before the race began', cause: error })
      : error
  }
}

function servicesRequest(
  { target, servicesMode, settings, env, signal, onWait }: SettingOptions,
  runId: string,
): ServicesRequest {
  const needs = target.kind === 'strategy' ? target.strategy.needs : []
  return { needs, mode: servicesMode, settings, env, signal, onWait, runId }
}

interface Started {
  readonly raceId: string
  readonly services: StartedServices
  readonly stores: GatedStores
}

async function startReference(
  choice: StrategyChoice,
  { settings }: SettingOptions,
  { raceId, services, stores }: Started,
): Promise<RacedTarget> {
  const { postgres, redis } = services
  const through = async (store: StoreName, url: string): Promise<string> => {
    const gated = gatedUrl(store, url)
    return gated.through(await gateBefore(stores, { store, url, upstream: gated.upstream }))
  }
  const gated = {
    ...services,
    postgres: postgres && { ...postgres, url: await through('postgres', postgres.url) },
    redis: redis && { ...redis, url: await through('redis', redis.url) },
  }
  return await startRacedReference({ runId: raceId, choice, settings, services, gated })
}

function startService(
  choice: DescribedChoice,
  { terms, env, signal }: SettingOptions,
  { raceId, services, stores }: Started,
): Promise<RacedTarget> {
  const openGates: RacedStart['openGates'] = async (upstreams) => {
    const places: Record<string, GatePlace> = {}
    for (const { name, store, url, host, port } of upstreams) {
      places[name] = { host: '127.0.0.1', port: await gateBefore(stores, { store, url, upstream: { host, port } }) }
    }
    return places
  }
  const { processes } = services
  return startRaced({ choice, runId: raceId, buyers: terms.buyers, env, processes, openGates, signal })
}

/** Returns its port on the loopback. */
async function gateBefore(
  stores: GatedStores,
  { store, url, upstream }: { readonly store: StoreName; readonly url: string; readonly upstream: Upstream },
): Promise<number> {
  const open = store === 'postgres' ? openPostgresGate : openRedisGate
  const waits = await askAfterWaits(store, url)
  const gate = await stores.open(waits, (events) => open({ upstream, events, nextId: stores.nextId }))
  return gate.port
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

  run({ stock, observes = false, crash = null, memory = false }: OrderRequest, choose: Choose): Promise<RacedOrder> {
    const { target, controller, terms } = this.#parts
    const options = { number: this.#orders++, stock, observes, crash, memory }
    return runOrder({ target, controller, terms }, options, choose)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.release()
  }
}
