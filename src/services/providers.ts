/** The one list of providers, in the order in which `auto` tries them. */
import type { StoreName } from '../core/catalogue.ts'
import { dockerPostgres } from './docker/postgres.ts'
import { dockerRedis } from './docker/redis.ts'
import { embeddedPostgres } from './embedded/postgres.ts'
import { embeddedRedis } from './embedded/redis.ts'
import { externalPostgres } from './external/postgres.ts'
import { externalRedis } from './external/redis.ts'
import { localPostgres } from './local/postgres.ts'
import { localRedis } from './local/redis.ts'
import type { Provider } from './provider.ts'
import type { StartedPostgres, StartedRedis } from './service.ts'

export const PROVIDERS: {
  readonly postgres: readonly Provider<StartedPostgres>[]
  readonly redis: readonly Provider<StartedRedis>[]
} = {
  postgres: [externalPostgres, localPostgres, embeddedPostgres, dockerPostgres],
  redis: [externalRedis, localRedis, embeddedRedis, dockerRedis],
}

export const STORE_NAMES: readonly StoreName[] = ['postgres', 'redis']
