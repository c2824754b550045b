/**
 * Which images are run. Pinned, so that two runs of one version of Doorbuster measure the same servers; docker-compose.yml
 * names the same, and a test compares the two. Pure.
 */
import type { StoreName } from '../../core/catalogue.ts'
import type { Environment } from '../service.ts'

export const PINNED_IMAGE: Readonly<Record<StoreName, string>> = { postgres: 'postgres:18.4', redis: 'redis:8.4.0' }

/** For a registry of one's own, or another version. The image has to take what the official one takes. */
export const IMAGE_VARIABLE: Readonly<Record<StoreName, string>> = {
  postgres: 'DOORBUSTER_POSTGRES_IMAGE',
  redis: 'DOORBUSTER_REDIS_IMAGE',
}

export function imageOf(store: StoreName, env: Environment): string {
  return env[IMAGE_VARIABLE[store]]?.trim() || PINNED_IMAGE[store]
}
