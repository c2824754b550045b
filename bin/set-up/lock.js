/**
 * One set-up at a time in one clone. A lock whose holder died is broken: known by its process id and, on Linux, by the
 * moment that process started.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetUpFailure } from './failure.js'

const ASK_EVERY_MS = 200
const WAIT_FOR_MS = 15 * 60_000

/**
 * Runs `work` while holding the lock at `path`.
 * @template T
 * @param {string} path
 * @param {() => Promise<T>} work
 * @param {number} [waitForMs]
 * @returns {Promise<T>}
 */
export async function withLock(path, work, waitForMs = WAIT_FOR_MS) {
  mkdirSync(dirname(path), { recursive: true })
  await take(path, waitForMs)
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}

async function take(path, waitForMs) {
  const deadline = performance.now() + waitForMs
  let told = false
  while (!tryTake(path)) {
    const holder = holderOf(path)
    if (holder && !isAlive(holder)) {
      breakLock(path)
      continue
    }
    if (performance.now() > deadline) {
      throw new SetUpFailure(`another set-up (process ${holder?.pid ?? 'unknown'}) holds ${path}`, {
        hint: `If none runs, remove ${path}.`,
      })
    }
    if (holder && !told) process.stderr.write(`doorbuster: waiting for the set-up of process ${holder.pid}\n`)
    told ||= holder !== null
    await sleep(ASK_EVERY_MS)
  }
}

/** A link, because it comes with its content: a lock is never seen empty. */
function tryTake(path) {
  const own = `${path}.${process.pid}`
  writeFileSync(own, JSON.stringify({ pid: process.pid, startedAt: startedAt(process.pid) }))
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

function holderOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}

function breakLock(path) {
  const aside = `${path}.${process.pid}.dead`
  try {
    renameSync(path, aside)
    const taken = holderOf(aside)
    // Another process may have broken the dead lock first: then this was its new one.
    if (taken && isAlive(taken)) linkSync(aside, path)
  } catch {
    // Gone already, or taken again.
  }
  rmSync(aside, { force: true })
}

function isAlive({ pid, startedAt: noted }) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code === 'ESRCH') return false
  }
  return noted === null || startedAt(pid) === noted
}

/** Field 22 of /proc/<pid>/stat, after the command's name in parentheses; null where there is no /proc. */
function startedAt(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return null
  }
}
