/**
 * The contract of every provider of Postgres and Redis: a private, empty, tuned instance (or, where it is somebody
 * else's, a private schema and key prefix in it) with a known version, and its removal.
 */
import type { StoreName } from '../core/catalogue.ts'
import type { ResourceFigures, ServiceRecord } from '../core/run-record.ts'

export type ProviderName = 'external' | 'local' | 'embedded'
export type ServicesMode = 'auto' | ProviderName

export interface ServiceSettings {
  readonly synchronousCommit: 'on' | 'off'
  readonly appendfsync: 'everysec' | 'always' | 'no'
}

interface StartedService extends AsyncDisposable {
  readonly record: ServiceRecord
  /** CPU and memory of the server's processes since it started; null where they can't be read (not ours, not Linux). */
  resources(): Promise<ResourceFigures | null>
}

export interface StartedPostgres extends StartedService {
  readonly url: string
  /** Schema of this run; made empty at the start, dropped at the end. */
  readonly schema: string
}

export interface StartedRedis extends StartedService {
  readonly url: string
  /** Prefix of every key of this run; only such keys are removed at the end. */
  readonly keyPrefix: string
}

export interface StartedServices extends AsyncDisposable {
  readonly postgres: StartedPostgres | null
  readonly redis: StartedRedis | null
}

export interface ServicesRequest {
  readonly needs: readonly StoreName[]
  readonly mode: ServicesMode
  readonly settings: ServiceSettings
  /** Unique name of this run; becomes part of the schema's name and the key prefix. */
  readonly runId: string
  readonly env: Readonly<Record<string, string | undefined>>
}
