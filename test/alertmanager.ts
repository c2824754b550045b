/** A private Alertmanager for tests: in a temporary folder, on loopback alone, gone with the test. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findProgram, freePort } from './prometheus.ts'

export interface StartedAlertmanager extends AsyncDisposable {
  /** `127.0.0.1:40123` */
  readonly host: string
}

const START_WITHIN_MS = 30_000
const STOP_WITHIN_MS = 15_000
const ASK_EVERY_MS = 200
/** Debian's package calls it so; Prometheus' own archive the other. */
const PROGRAMS = ['prometheus-alertmanager', 'alertmanager']
/** A port that was free may be somebody's by the time it is asked for. */
const ATTEMPTS = 3

function find(): string | undefined {
  return PROGRAMS.map((program) => findProgram(program)).find((path) => path !== null)
}

/** What is missing, in words; null: it can be started. */
export function missingAlertmanager(): string | null {
  return find() === undefined ? `${PROGRAMS.join(' or ')} not found (apt-get install prometheus-alertmanager)` : null
}

/** `config`: alertmanager.yml. */
export async function startAlertmanager(config: string): Promise<StartedAlertmanager> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(await freePort(), config)
    } catch (error) {
      if (attempt === ATTEMPTS || !String(error).includes('address already in use')) throw error
    }
  }
}

async function startOn(port: number, config: string): Promise<StartedAlertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'db-alertmanager-'))
  const file = join(folder, 'alertmanager.yml')
  writeFileSync(file, config)
  const host = `127.0.0.1:${port}`
  const child = spawn(
    find()!,
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${host}`,
      // Alone: no gossip with others.
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let said = ''
  child.stderr.on('data', (chunk) => (said += String(chunk)))
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const timer = setTimeout(kill, STOP_WITHIN_MS)
    await ended
    clearTimeout(timer)
    process.removeListener('exit', kill)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await untilReady(host, () => child.exitCode)
  } catch (error) {
    await stop()
    throw new Error(`alertmanager does not start:\n${said.slice(-2_000)}`, { cause: error })
  }
  return { host, [Symbol.asyncDispose]: stop }
}

async function untilReady(host: string, exitCode: () => number | null): Promise<void> {
  const deadline = performance.now() + START_WITHIN_MS
  for (;;) {
    const isReady = await fetch(`http://${host}/-/ready`).then(
      (response) => response.ok,
      () => false,
    )
    if (isReady) return
    if (exitCode() !== null) throw new Error(`it ended with ${exitCode()}`)
    if (performance.now() > deadline) throw new Error('it is not ready')
    await delay(ASK_EVERY_MS)
  }
}
