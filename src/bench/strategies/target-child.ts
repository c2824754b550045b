/** The part of the bench that calls strategies, as a process of its own: `src` knows nothing of the targets' code. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { compiledModuleUrl } from '../../core/compiled.ts'
import { TARGET_ENV } from '../../core/wire.ts'
import type { StartedServices } from '../../services/service.ts'

/** As targets/bench/closed-loop.ts prints them. */
export interface ClosedLoopFigures {
  readonly sold: number
  readonly notSold: number
  readonly elapsedMs: number
  readonly cpuSeconds: number
  readonly work: Readonly<Record<string, number>>
  readonly settledMs: number
}

/** As targets/bench/peer-texts.ts makes them. */
export interface PeerTexts {
  readonly perRequest: Readonly<Record<string, string>>
  readonly batch: { readonly prepare: readonly string[]; readonly fill: string; readonly script: string }
  readonly redis: {
    readonly lua: string
    readonly args: readonly string[]
    readonly open: readonly (readonly string[])[]
  }
}

const CHILD_PATH = fileURLToPath(compiledModuleUrl(import.meta.url, '../../../targets/bench/main.ts'))
const DEADLINE_MS = 120_000

/** Makes tables and functions in the run's schema as well. */
export async function readPeerTexts(services: StartedServices): Promise<PeerTexts> {
  return (await runChild(services, ['peers'])) as PeerTexts
}

export interface ClosedLoop {
  readonly strategy: string
  readonly inFlight: number
  readonly durationMs: number
  readonly skus: number
}

export async function runStrategy(services: StartedServices, load: ClosedLoop): Promise<ClosedLoopFigures> {
  const { strategy, inFlight, durationMs, skus } = load
  return (await runChild(services, ['run', strategy, ...[inFlight, durationMs, skus].map(String)])) as ClosedLoopFigures
}

async function runChild({ postgres, redis }: StartedServices, args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [CHILD_PATH, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: DEADLINE_MS,
    env: {
      ...process.env,
      [TARGET_ENV.databaseUrl]: postgres!.url,
      [TARGET_ENV.databaseSchema]: postgres!.schema,
      ...(redis && { [TARGET_ENV.redisUrl]: redis.url, [TARGET_ENV.redisKeyPrefix]: redis.keyPrefix }),
    },
  })
  const [output, [exitCode]] = await Promise.all([text(child.stdout), once(child, 'close')])
  if (exitCode !== 0) throw new Error(`${args.join(' ')}: ended with ${exitCode}`)
  return JSON.parse(output)
}
