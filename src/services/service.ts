/**
 * The contract of every provider of Postgres and Redis: a private, empty, tuned instance (or, where it is somebody
 * else's, a private schema and key prefix in it) with a known version, and its removal.
 */
import type { StoreName } from '../core/catalogue.ts'
import type { ResourceFigures, ServiceRecord } from '../core/run-record.ts'

export type ProviderName = 'external' | 'local' | 'embedded' | 'docker'
export type ServicesMode = 'auto' | ProviderName

export interface ServiceSettings {
  readonly synchronousCommit: 'on' | 'off'
  readonly appendfsync: 'everysec' | 'always' | 'no'
}

export type Environment = Readonly<Record<string, string | undefined>>

interface StartedService extends AsyncDisposable {
  /** Version and settings as the server itself states them. */
  readonly record: ServiceRecord
  /**
   * CPU and memory of the server's processes since it started; null where they can't be read (not ours, not Linux).
   * `maxRssBytes` is the sum of each process's own peak, memory that they share counted once.
   */
  resources(): Promise<ResourceFigures | null>
}

export interface StartedPostgres extends StartedService {
  /** For `pg`, psql and everything else that takes a connection URI; on a Unix socket where the server is ours. */
  readonly url: string
  /** Schema of this run; made empty at the start, dropped at the end. */
  readonly schema: string
}

export interface StartedRedis extends StartedService {
  /** `redis://...`, `rediss://...`, or the absolute path of a Unix socket: the forms that ioredis takes. */
  readonly url: string
  /** Prefix of every key of this run; only such keys are removed at the end. */
  readonly keyPrefix: string
}

/** A process that the next start ends, should this one die without doing so. */
export interface OwnedProcess {
  /** To be called as soon as the process has an id. */
  started(pid: number): void
  /** The process is known to be gone. */
  ended(): void
}

export interface ProcessIntent {
  /** File name of the executable, as `/proc/<pid>/exe` shows it: `node`, `redis-server`. */
  readonly program: string
  /** A text in its arguments, or its working folder, that no other process has: it finds one whose id was never written down. */
  readonly marker: string
  /** What asks it to leave; SIGTERM where nothing else is said. SIGKILL follows when it doesn't. */
  readonly stopSignal?: NodeJS.Signals
}

export interface ProcessOwner {
  /** To be called before the spawn, so that no instant is left in which a process belongs to nobody. */
  own(intent: ProcessIntent): OwnedProcess
}

export interface StartedServices extends AsyncDisposable {
  readonly postgres: StartedPostgres | null
  readonly redis: StartedRedis | null
  /** Where the run writes down the other processes that it starts, the target above all. */
  readonly processes: ProcessOwner
  /** A folder that is gone with them. */
  readonly folder: string
}

export interface ServicesRequest {
  readonly needs: readonly StoreName[]
  readonly mode: ServicesMode
  readonly settings: ServiceSettings
  /** Unique name of this run; becomes part of the schema's name and the key prefix. */
  readonly runId: string
  readonly env: Environment
  /** Ends a wait that may be long: the download of an image. */
  readonly signal?: AbortSignal | undefined
  /** Told what such a wait is for: "pulling the image postgres:18.4". */
  readonly onWait?: ((what: string) => void) | undefined
}
