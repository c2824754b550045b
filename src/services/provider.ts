/** What a provider of one store has to do: say what it has, without starting it, and start it. */
import type { RunFolder } from './owned/run-folder.ts'
import type { Environment, ProviderName, ServiceSettings } from './service.ts'

/** Something that can be started. */
export interface Found<Started> {
  readonly found: true
  /** As the program states it; for a server that runs, asked over a connection, and thrown when that can't be had. */
  readVersion(): Promise<string>
  /** A path, or the URL's host: never a password. */
  readonly where: string
  start(run: ServiceRun): Promise<Started>
}

interface NotFound {
  readonly found: false
  readonly missing: string
  readonly remedy: string
}

export type Finding<Started> = Found<Started> | NotFound

export interface ServiceRun {
  readonly folder: RunFolder
  readonly settings: ServiceSettings
  readonly runId: string
  readonly env: Environment
  /** Ends a wait that may be long: the download of an image. */
  readonly signal?: AbortSignal | undefined
  /** Told what such a wait is for: "pulling the image postgres:18.4". */
  readonly onWait?: ((what: string) => void) | undefined
}

export interface Provider<Started> {
  readonly name: ProviderName
  find(env: Environment): Promise<Finding<Started>>
}
