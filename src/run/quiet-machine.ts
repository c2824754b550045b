/**
 * Waits for a machine on which nobody else is at work: what others do at the time of a measurement is in every figure
 * of it. Looks at what the Linux kernel counts; elsewhere it says that it can't know. It changes nothing and ends nobody.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { HeavyProcess, MachineState } from '../core/machine-state.ts'
import { formatMs } from '../core/units.ts'
import { type CpuReading, machineBetween, readCpu } from './cpu-reading.ts'

export interface QuietMachineOptions {
  /** After so long it is gone on with all the same; 0: it is looked at once. */
  readonly maxWaitMs: number
  /** Ends the wait: what was seen last is given, and whoever waited knows why. */
  readonly signal: AbortSignal
  /** Told what is waited for: when that begins, and now and then. */
  readonly onWait?: (sentence: string) => void
}

/** One look takes so long: CPU time is counted in hundredths of a second. */
const LOOK_MS = 1_000
const SAID_EVERY_MS = 15_000

export async function awaitQuietMachine({ maxWaitMs, signal, onWait }: QuietMachineOptions): Promise<MachineState> {
  const startedAt = performance.now()
  let before = readCpu()
  if (before === null) return UNKNOWN
  let sayAgainAfterMs = 0
  for (;;) {
    const isInterrupted = await pause(LOOK_MS, signal)
    const after: CpuReading | null = readCpu()
    if (after === null) return UNKNOWN
    const waitedMs = Math.round(performance.now() - startedAt)
    const state: MachineState = { ...machineBetween(before, after), waitedMs }
    if (state.quiet === true || isInterrupted || waitedMs >= maxWaitMs) return state
    before = after
    if (waitedMs < sayAgainAfterMs) continue
    onWait?.(`waiting for a quiet machine, ${formatMs(maxWaitMs)} at most: ${whatIsBusy(state)}`)
    sayAgainAfterMs = waitedMs + SAID_EVERY_MS
  }
}

const UNKNOWN: MachineState = { quiet: null, idleShare: null, stealShare: null, heavy: [], waitedMs: 0 }

/** What keeps it busy, or that nothing does, as a part of a sentence. */
export function whatIsBusy({ quiet, heavy, idleShare, stealShare }: MachineState): string {
  if (quiet === null) return 'this system does not say how busy it is'
  if (quiet) return 'the machine is quiet'
  const idle = `${percent(idleShare)} of its CPU time is free`
  const stolen = (stealShare ?? 0) > 0 ? [`${percent(stealShare)} is taken by its host`] : []
  return [...heavy.map(processWords), ...stolen, idle].join(', ')
}

function processWords({ name, pid, cores }: HeavyProcess): string {
  return `${name} (process ${pid}) uses ${percent(cores)} of a core`
}

/** No finer than a look of one second can know. */
function percent(share: number | null): string {
  return `${Math.round((share ?? 0) * 100)}%`
}

/** Whether it was interrupted. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal })
    return false
  } catch {
    return true
  }
}
