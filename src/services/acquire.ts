/**
 * Starts the stores that a run needs and takes them away again: all of them or none.
 */
import type { StoreName } from '../core/catalogue.ts'
import { HarnessError } from '../core/errors.ts'
import { containerRemover } from './docker/remove-left-over.ts'
import { externalUrl } from './external/url.ts'
import { removeForeignSchema } from './external/postgres.ts'
import { removeForeignKeys } from './external/redis.ts'
import { RunFolder } from './owned/run-folder.ts'
import { type ForeignRemover, type SweepReport, sweepRunFolders } from './owned/sweep.ts'
import type { Found, Provider } from './provider.ts'
import { PROVIDERS } from './providers.ts'
import { WAYS_TO_A_DOCKER, waysTo } from './remedies.ts'
import type {
  Environment,
  ServicesMode,
  ServicesRequest,
  StartedPostgres,
  StartedRedis,
  StartedServices,
} from './service.ts'

/**
 * Removes what dead runs left, then starts what is needed.
 * Throws SERVICE_UNAVAILABLE when a store can't be had, SERVICE_FAILED or SERVICE_TIMEOUT when it doesn't start.
 */
export async function acquireServices(request: ServicesRequest): Promise<StartedServices> {
  await sweepDeadRuns(request.env)
  const found = await findAll(request)
  const folder = RunFolder.make(request.runId)
  const { settings, runId, env, signal, onWait } = request
  const run = { folder, settings, runId, env, signal, onWait }
  const [postgres, redis] = await Promise.allSettled([
    found.postgres ? found.postgres.start(run) : Promise.resolve(null),
    found.redis ? found.redis.start(run) : Promise.resolve(null),
  ])
  const dispose = () => disposeAll([valueOf(postgres), valueOf(redis), folder])
  const failed = [postgres, redis].find((result) => result.status === 'rejected')
  if (failed) {
    await dispose()
    throw failed.reason
  }
  return {
    postgres: valueOf(postgres),
    redis: valueOf(redis),
    processes: folder,
    folder: folder.path,
    [Symbol.asyncDispose]: dispose,
  }
}

/** Removes the processes, folders, schemas, keys and containers of runs whose harness is gone. Leaves living runs alone. */
export async function sweepDeadRuns(env: Environment): Promise<SweepReport> {
  return await sweepRunFolders({ foreign: foreignRemover(env), container: containerRemover(env) })
}

/** Only through the URL that the dead run used: no other way leads to that server. */
function foreignRemover(env: Environment): ForeignRemover {
  return async (entry) => {
    try {
      const named = externalUrl(entry.store, env)
      if (named?.digest !== entry.urlDigest) return false
      await (entry.store === 'postgres' ? removeForeignSchema : removeForeignKeys)(named, entry)
      return true
    } catch {
      return false
    }
  }
}

async function findAll(request: ServicesRequest): Promise<{
  postgres: Found<StartedPostgres> | null
  redis: Found<StartedRedis> | null
}> {
  const { needs, mode, env } = request
  return {
    postgres: needs.includes('postgres') ? await findOne('postgres', PROVIDERS.postgres, mode, env) : null,
    redis: needs.includes('redis') ? await findOne('redis', PROVIDERS.redis, mode, env) : null,
  }
}

async function findOne<S>(
  store: StoreName,
  providers: readonly Provider<S>[],
  mode: ServicesMode,
  env: Environment,
): Promise<Found<S>> {
  const missing: string[] = []
  for (const provider of providers.filter(({ name }) => mode === 'auto' || name === mode)) {
    const finding = await provider.find(env)
    if (finding.found) return finding
    missing.push(`${provider.name}: ${finding.missing}`)
  }
  throw new HarnessError('SERVICE_UNAVAILABLE', {
    message: `no ${store} can be had (${missing.join('; ')})`,
    hint: mode === 'docker' ? WAYS_TO_A_DOCKER : waysTo(store, env),
  })
}

function valueOf<T>(result: PromiseSettledResult<T>): T | null {
  return result.status === 'fulfilled' ? result.value : null
}

/** In this order, each although another fails; the first error is thrown in the end. */
async function disposeAll(parts: readonly (AsyncDisposable | null)[]): Promise<void> {
  let firstError: unknown = null
  for (const part of parts) {
    try {
      await part?.[Symbol.asyncDispose]()
    } catch (error) {
      firstError ??= error
    }
  }
  if (firstError !== null) throw firstError
}
