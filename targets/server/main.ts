/**
 * The reference server as a process: one strategy behind HTTP, in one or several instances on one port.
 * Prints one line of JSON on stdout when it takes requests. Ends on SIGTERM, SIGINT and at the end of its stdin, so
 * that it doesn't outlive whoever started it. What is wrong at the start is said on stderr, exit code 1 (2 for arguments,
 * environment, and a strategy that is not the server's own).
 */
import cluster from 'node:cluster'
import type { TargetReadyLine } from '../../src/core/wire.ts'
import { prepareSchema } from '../storage/schema.ts'
import { catalogue } from '../strategies/index.ts'
import { complain, describeError } from './complaints.ts'
import { coordinate } from './coordinator.ts'
import { Instance } from './instance.ts'
import { OptionsError, parseOptions, type ServerOptions, strategyModule } from './options.ts'
import { loadOwnStrategy, OwnStrategyError } from './own-strategy.ts'
import { ProcessMetrics } from './process-metrics.ts'
import { connectToPrimary, forkWorkers, reportFailure, whenToldToStop } from './processes.ts'
import { createUsageMeter } from './usage.ts'

/** A worker that has not ended by then is killed, ms. Longer than an instance's own deadline. */
const WORKER_STOP_DEADLINE_MS = 4_000

async function main(): Promise<void> {
  process.on('uncaughtException', (error) => {
    complain(`it crashed: ${describeError(error)}`)
    process.exit(1)
  })
  const args = process.argv.slice(2)
  const module = strategyModule(args)
  const own = module === null ? null : await loadOwnStrategy(module)
  const options = parseOptions(args, process.env, own)
  if (options === 'describe') {
    process.stdout.write(`${JSON.stringify(own === null ? catalogue() : catalogue([own]))}\n`)
    return
  }
  if (cluster.isWorker) return runWorker(options)
  const { postgres } = options.stores
  if (postgres !== null) await prepareSchema(postgres, options.strategy.functions)
  return options.instances === 1 ? runAlone(options) : runPrimary(options)
}

async function runAlone(options: ServerOptions): Promise<void> {
  const instance = await Instance.start(options)
  stopWhenTold(options, () => instance.stop())
  const url = await instance.listen(options, coordinate([instance], null))
  announce(options, url)
}

async function runPrimary(options: ServerOptions): Promise<void> {
  const workers = forkWorkers(options.instances)
  const processMetrics = options.metrics ? new ProcessMetrics() : null
  workers.administer(
    coordinate(workers.handles, {
      usage: createUsageMeter(() => ({})),
      metrics: async () => (await processMetrics?.families()) ?? [],
    }),
  )
  const stop = stopWhenTold(options, () => workers.stop(WORKER_STOP_DEADLINE_MS))
  try {
    announce(options, await workers.listening())
  } catch (error) {
    complainOf(error)
    return stop(exitCodeOf(error))
  }
  // One instance less would be another target: the rest goes too.
  complain(await workers.lost)
  return stop(1)
}

async function runWorker(options: ServerOptions): Promise<void> {
  // A signal to the whole group is the primary's business, which tells its workers when to end.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => {})
  // The primary is gone, however it went.
  process.on('disconnect', () => process.exit(0))
  let instance: Instance | null = null
  whenToldToStop(() => {
    void (instance?.stop() ?? Promise.resolve()).catch(() => {}).finally(() => process.exit(0))
  })
  try {
    instance = await Instance.start(options)
    const primary = connectToPrimary(instance)
    primary.announce(await instance.listen(options, primary.administration))
  } catch (error) {
    await reportFailure(error as Error)
    process.exit(1)
  }
}

function announce(options: ServerOptions, url: string): void {
  const line: TargetReadyLine = {
    ready: true,
    url,
    strategy: options.strategy.description.name,
    instances: options.instances,
    pid: process.pid,
  }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Past this, the process ends with what it has not let go of, ms. Longer than all deadlines within. */
const STOP_DEADLINE_MS = 4_500

/** Ends the process, once, when it is told to; the returned function tells it from within. */
function stopWhenTold(options: ServerOptions, stop: () => Promise<void>): (exitCode: number) => Promise<void> {
  let stopping: Promise<void> | null = null
  const end = (exitCode: number): Promise<void> => {
    if (stopping === null) setTimeout(() => process.exit(exitCode), STOP_DEADLINE_MS).unref()
    stopping ??= stop()
      .catch((error: unknown) => complain((error as Error).message))
      .finally(() => process.exit(exitCode))
    return stopping
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0))
  // Whoever read the ready line may be gone.
  process.stdout.on('error', () => {})
  if (options.watchStdin) {
    process.stdin.on('end', () => void end(0)).on('error', () => void end(0))
    process.stdin.resume()
  }
  return end
}

function exitCodeOf(error: unknown): number {
  return error instanceof OptionsError || error instanceof OwnStrategyError ? 2 : 1
}

/** An error in a module of somebody's own keeps its lines: they show the place. */
function complainOf(error: unknown): void {
  if (error instanceof OwnStrategyError) process.stderr.write(`${error.message}\n`)
  else complain(error instanceof Error ? error.message : String(error))
}

main().catch((error: unknown) => {
  complainOf(error)
  process.exit(exitCodeOf(error))
})
