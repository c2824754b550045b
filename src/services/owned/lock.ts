/**
 * One process at a time. A lock whose holder died is broken. Whoever holds it must still write by rename: between two
 * who break the same dead lock at the same instant it promises nothing.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../../core/errors.ts'
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts'

const ASK_EVERY_MS = 100

export interface LockRequest {
  readonly path: string
  readonly timeoutMs: number
  /** Called once, when it turns out that another process holds the lock. */
  readonly onWait: (holder: number) => void
}

export async function takeLock(request: LockRequest): Promise<Disposable> {
  const deadline = performance.now() + request.timeoutMs
  let told = false
  while (!tryLock(request.path)) {
    const holder = holderOf(request.path)
    if (holder && !isAlive(holder)) breakLock(request.path)
    if (holder && !told) {
      request.onWait(holder.pid)
      told = true
    }
    if (performance.now() > deadline) {
      throw new HarnessError('SERVICE_TIMEOUT', {
        message: `${request.path} was held by process ${holder?.pid ?? '?'} for ${request.timeoutMs} ms`,
        hint: `If no other set-up runs, remove ${request.path}.`,
      })
    }
    await sleep(ASK_EVERY_MS)
  }
  return { [Symbol.dispose]: () => rmSync(request.path, { force: true }) }
}

/** A link, because it comes with its content: a lock is never seen empty. */
function tryLock(path: string): boolean {
  const own = `${path}.${process.pid}`
  writeFileSync(own, JSON.stringify(identityOf(process.pid)))
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

function holderOf(path: string): ProcessIdentity | null {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessIdentity>
    return pid !== undefined && startedAt !== undefined ? { pid, startedAt } : null
  } catch {
    return null
  }
}

function breakLock(path: string): void {
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
