/** What the provider of each store has in common: an engine to be found, an image to be named. */
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import type { Finding, ServiceRun } from '../provider.ts'
import { WAYS_TO_A_DOCKER } from '../remedies.ts'
import type { Environment } from '../service.ts'
import { connectEngine, ENGINE_ELSEWHERE, type Engine } from './engine.ts'
import { findEngineAddress } from './engine-address.ts'
import { imageOf } from './images.ts'

/** `start` gets an engine that answers, and the image that is to be run. */
export async function findInDocker<Started>(
  store: StoreName,
  env: Environment,
  start: (run: ServiceRun, engine: Engine, image: string) => Promise<Started>,
): Promise<Finding<Started>> {
  const search = await findEngineAddress(env)
  if ('missing' in search) return { found: false, missing: search.missing, remedy: WAYS_TO_A_DOCKER }
  const image = imageOf(store, env)
  return {
    found: true,
    readVersion: async () => `${image} in engine ${(await connectEngine(env)).version}`,
    where: search.address,
    start: async (run) => {
      const engine = await connectEngine(env)
      try {
        return await start(run, engine, image)
      } catch (cause) {
        if (!(cause instanceof HarnessError) || cause.code !== 'SERVICE_TIMEOUT') throw cause
        throw new HarnessError(cause.code, { message: cause.message, hint: ENGINE_ELSEWHERE, cause })
      }
    },
  }
}
