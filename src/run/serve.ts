/**
 * The reference server with its stores, kept for whoever wants to buy from it: a k6 script, a run of `--target`, a
 * person with curl. As a run does, it acquires and releases in sight of each other, draws nothing, and exits nothing.
 */
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { StrategyDescription } from '../core/catalogue.ts'
import { HarnessError } from '../core/errors.ts'
import { acquireServices } from '../services/index.ts'
import type { ServiceSettings, ServicesMode, StartedPostgres, StartedRedis } from '../services/service.ts'
import { newRunId } from './run-id.ts'
import { DESCRIPTOR_HEADING, servedDescriptor, type ServedSale } from './served-descriptor.ts'
import { type StartedTarget, startTarget } from './target-process.ts'

export interface ServeOptions {
  readonly strategy: StrategyDescription
  /** Path of the module that holds the strategy, for one that the server doesn't bring. */
  readonly strategyModule?: string | undefined
  readonly instances: number
  readonly servicesMode: ServicesMode
  readonly settings: ServiceSettings
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
  /** How others reach it; undefined: as it listens. */
  readonly publicUrl?: string | undefined
  /** Given beforehand, and so repeated nowhere; undefined: one is made. */
  readonly adminToken?: string | undefined
  /** Opened before anybody is told of the server; null: none is. */
  readonly sale: ServedSale | null
  /** Where the descriptor is written; undefined: into the folder of what was started. */
  readonly descriptorPath?: string | undefined
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
  /** Before it is ready, for what may take minutes: the download of an image. */
  readonly onWait?: (what: string) => void
}

/** What is said when it is ready, as one line of JSON. */
export interface ServeReadyLine {
  readonly ready: true
  readonly url: string
  readonly strategy: string
  readonly instances: number
  /** Of the server. */
  readonly pid: number
  /** null: the one that was given. */
  readonly adminToken: string | null
  readonly stores: {
    readonly postgres: (StoreLine & { readonly schema: string }) | null
    readonly redis: (StoreLine & { readonly keyPrefix: string }) | null
  }
  readonly sale: ServedSale | null
  /** Path of the descriptor that `run --target` takes. */
  readonly descriptor: string
}

interface StoreLine {
  readonly provider: string
  readonly version: string
  /** null: the one in the environment. */
  readonly url: string | null
}

/**
 * Serves until the signal; `onReady` is called when buyers may come.
 * Throws HarnessError: INTERRUPTED when the signal came before, TARGET_FAILED when the server ended by itself.
 */
export async function serve(options: ServeOptions, onReady: (line: ServeReadyLine) => void): Promise<void> {
  const { strategy, servicesMode, settings, env, signal, onWait, descriptorPath } = options
  if (descriptorPath !== undefined) removeFormerDescriptor(descriptorPath)
  const runId = newRunId()
  const request = { needs: strategy.needs, mode: servicesMode, settings, runId, env, signal, onWait }
  const services = await interruptible(signal, acquireServices(request))
  try {
    refuseInterrupted(signal)
    const { strategyModule, instances, host, port, adminToken } = options
    const server = await startTarget({
      runId,
      services,
      settings,
      instances,
      lostReplyShare: 0,
      listen: { host, port },
      adminToken,
      strategy: strategyModule === undefined ? { name: strategy.name } : { module: strategyModule },
    })
    try {
      const stores = { postgres: services.postgres, redis: services.redis }
      await serveFrom(options, { server, stores, folder: services.folder }, onReady)
    } finally {
      await server[Symbol.asyncDispose]()
    }
  } finally {
    await services[Symbol.asyncDispose]()
  }
}

interface Started {
  readonly server: StartedTarget
  readonly stores: { readonly postgres: StartedPostgres | null; readonly redis: StartedRedis | null }
  /** Gone with what was started. */
  readonly folder: string
}

async function serveFrom(
  options: ServeOptions,
  { server, stores, folder }: Started,
  onReady: (line: ServeReadyLine) => void,
): Promise<void> {
  const { strategy, instances, sale, signal } = options
  if (sale !== null) await server.admin.openSale(sale.sku, { stock: sale.stock, perUserLimit: sale.perUserLimit })
  refuseInterrupted(signal)
  const url = options.publicUrl ?? server.url
  const adminToken = options.adminToken === undefined ? server.adminToken : null
  const descriptor = options.descriptorPath ?? join(folder, 'target.yaml')
  const postgres = stores.postgres && { ...storeLine(stores.postgres), schema: stores.postgres.schema }
  const redis = stores.redis && { ...storeLine(stores.redis), keyPrefix: stores.redis.keyPrefix }
  writeDescriptor(descriptor, servedDescriptor({ strategy, url, adminToken, postgres, redis, sale }))
  try {
    onReady({
      ready: true,
      url,
      strategy: strategy.name,
      instances,
      pid: server.pid,
      adminToken,
      stores: { postgres, redis },
      sale,
      descriptor,
    })
    await untilTold(server, signal)
  } finally {
    rmSync(descriptor, { force: true })
  }
}

/** A URL from the environment may hold a password, and whoever gave it has it: it isn't repeated. */
function storeLine({ record, url }: StartedPostgres | StartedRedis): StoreLine {
  const isGiven = record.provider === 'external' && !url.startsWith('/')
  return { provider: record.provider, version: record.version, url: isGiven ? null : url }
}

async function untilTold(server: StartedTarget, signal: AbortSignal): Promise<void> {
  const told = new AbortController()
  const waiting = signal.aborted ? Promise.resolve() : once(signal, 'abort', { signal: told.signal }).catch(() => {})
  const how = await Promise.race([waiting.then(() => 'told'), server.ended.then(() => 'ended')])
  told.abort()
  if (how === 'told') return
  const words = server.lastWords()
  throw new HarnessError('TARGET_FAILED', {
    message: `the reference server ended by itself${words === '' ? '' : `\n${words}`}`,
  })
}

function refuseInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new HarnessError('INTERRUPTED', { message: 'interrupted before anything was served' })
}

/** What fails to start after an interruption failed because of it. */
async function interruptible<Value>(signal: AbortSignal, work: Promise<Value>): Promise<Value> {
  try {
    return await work
  } catch (cause) {
    refuseInterrupted(signal)
    throw cause
  }
}

/** Of a server that was killed. Throws HarnessError USAGE for a file that is none of ours. */
function removeFormerDescriptor(path: string): void {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw notWritable(path, error)
  }
  if (!text.startsWith(DESCRIPTOR_HEADING)) {
    throw new HarnessError('USAGE', {
      message: `${path} is there already, and was not written by \`doorbuster serve\``,
      hint: 'Name another file with --descriptor.',
    })
  }
  rmSync(path, { force: true })
}

/** For this user alone: it may hold passwords. */
function writeDescriptor(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    throw notWritable(path, error)
  }
}

function notWritable(path: string, cause: unknown): HarnessError {
  return new HarnessError('USAGE', {
    message: `the descriptor can't be written to ${path}: ${(cause as Error).message}`,
    hint: 'Name another file with --descriptor.',
    cause,
  })
}
