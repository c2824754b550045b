/** A private Alertmanager for tests: in a temporary folder, on loopback alone, gone with the test. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findProgram, onFreePort, startDaemon } from './daemon.ts'
import { freePort } from './small-server.ts'

export interface StartedAlertmanager extends AsyncDisposable {
  /** `127.0.0.1:40123` */
  readonly host: string
}

const START_WITHIN_MS = 30_000
const ASK_EVERY_MS = 200
/** Debian's package calls it so; Prometheus' own archive the other. */
const PROGRAMS = ['prometheus-alertmanager', 'alertmanager']

/** What is missing, in words; null: it can be started. */
export function missingAlertmanager(): string | null {
  return findProgram(...PROGRAMS) === null
    ? `${PROGRAMS.join(' or ')} not found (apt-get install prometheus-alertmanager)`
    : null
}

/** `config`: alertmanager.yml. */
export function startAlertmanager(config: string): Promise<StartedAlertmanager> {
  return onFreePort(freePort, (port) => startOn(port, config))
}

async function startOn(port: number, config: string): Promise<StartedAlertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'db-alertmanager-'))
  const file = join(folder, 'alertmanager.yml')
  writeFileSync(file, config)
  const host = `127.0.0.1:${port}`
  const daemon = startDaemon(
    findProgram(...PROGRAMS)!,
    [
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=${host}`,
      // Alone: no gossip with others.
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    [folder],
  )
  try {
    await untilReady(host, daemon.exitCode)
  } catch (error) {
    await daemon.stop()
    throw new Error(`alertmanager does not start:\n${daemon.lastWords()}`, { cause: error })
  }
  return { host, [Symbol.asyncDispose]: daemon.stop }
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
