/** Runs a program to its end with its output in a log file, whose tail explains a failure. */
import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'

const TAIL_LINES = 25

/**
 * @param {string} file @param {string[]} args
 * @param {{cwd: string, logFile: string, env?: NodeJS.ProcessEnv}} options
 * @returns {Promise<{ok: boolean, log: string}>} `log`: its last lines, or why it could not be started
 */
export function runLogged(file, args, { cwd, logFile, env = process.env }) {
  mkdirSync(dirname(logFile), { recursive: true })
  const log = openSync(logFile, 'w')
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', log, log] })
  closeSync(log)
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ok: false, log: `${file}: ${error.message}` }))
    child.once('exit', (code, signal) => {
      const ended = signal === null ? '' : `\nended by ${signal}`
      resolve({ ok: code === 0, log: tail(logFile) + ended })
    })
  })
}

function tail(path) {
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n')
}
