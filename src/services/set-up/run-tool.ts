/** Runs a program of the system to its end. That it fails, or isn't there, is an answer and no error. */
import { execFile } from 'node:child_process'
import type { Environment } from '../service.ts'

export interface ToolAnswer {
  readonly ok: boolean
  readonly output: string
  /** In one line, for a message: the last thing it said. */
  readonly complaint: string
}

const OUTPUT_BYTES = 16 * 1024 * 1024

export function runTool(
  file: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly timeoutMs: number; readonly env: Environment },
): Promise<ToolAnswer> {
  const { cwd, timeoutMs, env } = options
  return new Promise((resolve) => {
    const settings = {
      cwd,
      // Its words are read here.
      env: { ...env, LC_ALL: 'C' },
      timeout: timeoutMs,
      killSignal: 'SIGKILL' as const,
      maxBuffer: OUTPUT_BYTES,
    }
    execFile(file, args, settings, (error, stdout, stderr) => {
      const said = stderr.trim() === '' ? stdout : stderr
      const lastLine = said.trim().split('\n').at(-1) ?? ''
      const why = error?.killed ? `no end after ${timeoutMs} ms` : lastLine || (error?.message ?? '')
      resolve({ ok: error === null, output: stdout, complaint: error === null ? '' : `${file}: ${why}` })
    })
  })
}
