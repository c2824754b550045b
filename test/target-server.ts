/**
 * The reference server for tests: started as the harness starts it, killed in every way that a test asks for, and gone
 * with the test.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { compiledModuleUrl } from '../src/core/compiled.ts'
import { ADMIN_TOKEN_ENV, TARGET_ENV, type TargetReadyLine } from '../src/core/wire.ts'
import type { StartedServices } from '../src/services/service.ts'

export const ADMIN_TOKEN = 'a-token-for-tests-alone'

const DEADLINE_MS = 20_000
const SOURCE_URL = new URL('../src/core/compiled.ts', import.meta.url).href
export const SERVER_PATH = fileURLToPath(compiledModuleUrl(SOURCE_URL, '../../targets/server/main.ts'))

export function environmentOf({
  postgres,
  redis,
}: Pick<StartedServices, 'postgres' | 'redis'>): Record<string, string> {
  return {
    [ADMIN_TOKEN_ENV]: ADMIN_TOKEN,
    ...(postgres && { [TARGET_ENV.databaseUrl]: postgres.url, [TARGET_ENV.databaseSchema]: postgres.schema }),
    ...(redis && { [TARGET_ENV.redisUrl]: redis.url, [TARGET_ENV.redisKeyPrefix]: redis.keyPrefix }),
  }
}

export class TargetServer implements AsyncDisposable {
  readonly child: ChildProcess
  readonly ready: TargetReadyLine
  readonly #ended: Promise<unknown[]>

  private constructor(child: ChildProcess, ready: TargetReadyLine, ended: Promise<unknown[]>) {
    this.child = child
    this.ready = ready
    this.#ended = ended
  }

  static async start(env: Record<string, string>, ...args: readonly string[]): Promise<TargetServer> {
    // Patient, where a test says nothing else: a stall of the machine is no failure of the server's.
    const child = spawn(process.execPath, [SERVER_PATH, '--request-timeout', '10000', ...args], {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    const line = await Promise.race([
      once(createInterface({ input: child.stdout }), 'line', { signal: AbortSignal.timeout(DEADLINE_MS) }),
      ended,
    ]).catch((error: unknown) => {
      child.kill('SIGKILL')
      throw error
    })
    if (typeof line[0] !== 'string') throw new Error(`the server ended: ${line.join(' ')}`)
    return new TargetServer(child, JSON.parse(line[0]) as TargetReadyLine, ended)
  }

  get url(): string {
    return this.ready.url
  }

  /** Resolves to the exit code, or to the signal that ended it. */
  async ended(): Promise<number | string> {
    const [code, signal] = (await this.#ended) as [number | null, string | null]
    return code ?? signal!
  }

  /** Asks it to go; kills it if it doesn't. */
  async stop(): Promise<number | string> {
    this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), DEADLINE_MS)
    const how = await this.ended()
    clearTimeout(timer)
    return how
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL')
    await this.ended()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}
