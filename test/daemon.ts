/** Servers that are installed on this machine, started by tests and gone with them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { findOnPath } from '../src/services/index.ts'

/** Beyond those of PATH: some systems keep servers where a user's shell doesn't look. */
const FOLDERS = ['/usr/sbin', '/usr/bin', '/usr/local/bin']
const STOP_WITHIN_MS = 15_000
/** A port that was free may be somebody's by the time it is asked for. */
const ATTEMPTS = 3

export interface Daemon {
  readonly exitCode: () => number | null
  /** The end of what it wrote to standard error. */
  readonly lastWords: () => string
  /** Ends it, by force if it must be, and takes its files away. */
  readonly stop: () => Promise<void>
}

/** The first of them that is installed; null: none is. */
export function findProgram(...names: readonly string[]): string | null {
  return findOnPath(names, { PATH: [process.env['PATH'] ?? '', ...FOLDERS].join(':') })
}

/** `leftovers`: files and folders that go with it. */
export function startDaemon(program: string, args: readonly string[], leftovers: readonly string[]): Daemon {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => (said = (said + String(chunk)).slice(-2_000)))
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  return {
    exitCode: () => child.exitCode,
    lastWords: () => said,
    stop: async () => {
      child.kill('SIGTERM')
      const timer = setTimeout(kill, STOP_WITHIN_MS)
      await ended
      clearTimeout(timer)
      process.removeListener('exit', kill)
      for (const path of leftovers) rmSync(path, { recursive: true, force: true })
    },
  }
}

/** Another port, where the one that was free is taken by the time that `start` asks for it. */
export async function onFreePort<Started>(
  freePort: () => Promise<number>,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort())
    } catch (error) {
      if (attempt === ATTEMPTS || !String(error).includes('address already in use')) throw error
    }
  }
}
