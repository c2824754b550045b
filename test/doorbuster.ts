/** Runs the command line as a person would: a process of its own, in a folder of its own. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const BINARY = fileURLToPath(new URL('../bin/doorbuster.js', import.meta.url))

export interface Finished {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly pid: number
  readonly finished: Promise<Finished>
  /** Resolves, to what matched, when what was said so far matches; fails when the process ends first. */
  said(pattern: RegExp): Promise<string>
  kill(signal: NodeJS.Signals): void
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'doorbuster-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface StartOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** As a shell with job control starts it: leader of a process group, which Ctrl-C reaches as a whole. */
  readonly ownGroup?: boolean
  /** In place of a pipe. */
  readonly stdout?: number
}

export function start(args: readonly string[], options: StartOptions = {}): Running {
  const child = spawn(process.execPath, [BINARY, ...args], {
    cwd: options.cwd ?? temporaryFolder(),
    env: { ...process.env, NO_COLOR: '1', ...options.env },
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
    detached: options.ownGroup ?? false,
  })
  let [stdout, stderr] = ['', '']
  const listeners = new Set<() => void>()
  const heard = (): void => {
    for (const listener of listeners) listener()
  }
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk)
    heard()
  })
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk)
    heard()
  })
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }))
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  return {
    pid: child.pid!,
    finished,
    kill: (signal) => child.kill(signal),
    said: (pattern) =>
      new Promise((resolve, reject) => {
        const listen = (): void => {
          const [matched] = pattern.exec(stdout + stderr) ?? []
          if (matched !== undefined) resolve(matched)
        }
        listeners.add(listen)
        listen()
        void finished.then(() => reject(new Error(`ended without saying ${pattern}:\n${stdout}${stderr}`)))
      }),
  }
}

export function doorbuster(args: readonly string[], options: StartOptions = {}): Promise<Finished> {
  return start(args, options).finished
}

/** Processes whose command line or environment holds `text`, as `<pid> <command>`. Linux. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
        return command.includes(text) ? [`${pid} ${command}`] : []
      } catch {
        return []
      }
    })
}
