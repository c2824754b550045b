/**
 * docker-compose.yml in a project of its own, with the compose that this machine has: version 1 is as good as 2 here, only
 * the wait for the health checks is done by the test then.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { connectEngine } from '../../src/services/docker/engine.ts'
import { temporaryFolder } from '../doorbuster.ts'
import { freePort } from '../small-server.ts'

const COMPOSE_FILE = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url))
const COMPOSES = [['docker', 'compose'], ['docker-compose']]
const compose = COMPOSES.find(([file = '', ...args]) => spawnSync(file, [...args, 'version']).status === 0)
const isRequired = (process.env['DOORBUSTER_REQUIRE'] ?? '').split(',').includes('compose')

/** Where there is none, tests fail if it is required, and are skipped if it isn't. */
export const isComposeMissing = !compose && !isRequired
if (isComposeMissing) process.stderr.write('\nSKIPPED docker-compose.yml: no docker compose on this machine\n')

/** A folder with docker-compose.yml alone. */
export function composeFolder(): string {
  const folder = temporaryFolder()
  copyFileSync(COMPOSE_FILE, join(folder, 'docker-compose.yml'))
  return folder
}

/** The same with .env, as the set-up makes it, but on ports that are free here. */
export async function composeFolderWithEnv(): Promise<string> {
  const folder = composeFolder()
  const { writeComposeEnv } = (await import(new URL('../../bin/set-up/compose-env.js', import.meta.url).href)) as {
    writeComposeEnv: (root: string) => string[]
  }
  writeComposeEnv(folder)
  const text = readFileSync(join(folder, '.env'), 'utf8')
  const [postgres, redis, target] = [await freePort(), await freePort(), await freePort()]
  const moved = text.replaceAll('54329', String(postgres)).replaceAll('63799', String(redis))
  writeFileSync(join(folder, '.env'), `${moved}TARGET_PORT=${target}\n`)
  return folder
}

export class ComposeProject {
  readonly #name = `doorbuster-test-${process.pid}`
  readonly #folder: string
  readonly #profile: string
  readonly #env: Readonly<Record<string, string>>

  constructor(folder: string, profile: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.#profile = profile
    this.#env = env
  }

  /** Returns what it printed. Throws where it ends with another code than 0. */
  run(args: readonly string[]): string {
    const [file = '', ...before] = compose ?? ['docker-compose']
    return execFileSync(file, [...before, '--project-name', this.#name, '--profile', this.#profile, ...args], {
      cwd: this.#folder,
      env: { ...process.env, ...this.#env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    })
  }

  async untilHealthy(containers: number): Promise<void> {
    const { client } = await connectEngine(process.env)
    const filters = { label: [`com.docker.compose.project=${this.#name}`], health: ['healthy'] }
    const healthy = () => client.container.dockerode.listContainers({ filters })
    await vi.waitUntil(async () => (await healthy()).length === containers, { timeout: 120_000, interval: 200 })
  }

  down(): void {
    this.run(['down', '--volumes', '--timeout', '5'])
  }
}
