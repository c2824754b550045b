/** Ends a process for good: asks, waits, then kills, and never a process that only has the same number. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from './process-identity.ts'

const ASKED_FOR_MS = 5_000
const KILLED_FOR_MS = 5_000
const POLL_MS = 10

/** false when it still lives after SIGKILL and the deadline: it waits for a device that doesn't answer. */
export async function endProcess(identity: ProcessIdentity, stopSignal: NodeJS.Signals): Promise<boolean> {
  if (!isAlive(identity)) return true
  send(identity, stopSignal)
  if (await isGoneWithin(identity, ASKED_FOR_MS)) return true
  send(identity, 'SIGKILL')
  return isGoneWithin(identity, KILLED_FOR_MS)
}

async function isGoneWithin(identity: ProcessIdentity, deadlineMs: number): Promise<boolean> {
  const deadline = performance.now() + deadlineMs
  while (isAlive(identity)) {
    if (performance.now() > deadline) return false
    await sleep(POLL_MS)
  }
  return true
}

function send(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  try {
    process.kill(identity.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
