/** What k6 and the whole machine used of its processors, from /proc (proc(5)) and the system's counters. */
import { readdirSync, readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { ResourceFigures } from '../../core/run-record.ts'

/** USER_HZ, fixed at 100 on every architecture that Node runs on. */
const TICKS_PER_SEC = 100
const BYTES_PER_KB = 1_024

/** Above it a machine has no processor left. */
const USED_UP_SHARE = 0.9
/** From it on k6 is the one to blame, or one of them. */
const K6_SHARE = 1 / 3
/** Of what it had: who waits for a processor as long as it has one is held up by the machine, whoever else uses it. */
const WAITED_SHARE = 1
/** Times that a request needs a processor: to begin, to send, to take the answer, to tell of it. */
const TURNS_OF_A_REQUEST = 4
/** Of the time that requests took: below it they would have held their VUs as long had k6 not waited for a processor. */
const HELD_UP_SHARE = 0.1

/** What was used while a step ran. */
export interface UseOfStep {
  /** Of all processors of the machine, ms. */
  readonly busyMs: number
  readonly allMs: number
  /** k6's. */
  readonly cpuSeconds: number
  /** What k6's threads waited for a processor, and how often they were given one. */
  readonly waitedSeconds: number
  readonly turns: number
}

/**
 * Share of all that was used that k6 used, 0..1, where nothing was left and VUs may have been busy because k6 was held
 * up: it had a good part of the processors itself, or waited for them as long as it had them and long enough to make a
 * difference to requests that took `requestMs` on average (NaN: none was told of); else null.
 */
export function starvedShareOf(use: UseOfStep, requestMs: number): number | null {
  const { busyMs, allMs, cpuSeconds, waitedSeconds, turns } = use
  if (allMs <= 0 || busyMs < USED_UP_SHARE * allMs) return null
  const share = Math.min(1, (cpuSeconds * 1_000) / busyMs)
  const hasWaited = waitedSeconds > 0 && waitedSeconds >= WAITED_SHARE * cpuSeconds
  const heldUpMs = (TURNS_OF_A_REQUEST * waitedSeconds * 1_000) / Math.max(1, turns)
  return share >= K6_SHARE || (hasWaited && !(heldUpMs < HELD_UP_SHARE * requestMs)) ? share : null
}

/** Looked at while the processes run: what is gone can't be asked. */
export class ProcessorUse {
  readonly #pids: readonly number[]
  #machineAtStart = machineMs()
  #atStart: ReadonlyMap<number, number> = new Map()
  readonly #cpuSeconds = new Map<number, number>()
  readonly #maxRssBytes = new Map<number, number>()
  readonly #waits = new Map<number, Waits>()
  #waitsAtStart: Waits = { seconds: 0, turns: 0 }
  #machine = this.#machineAtStart

  /** From now on; the memory is that of all their life. */
  constructor(pids: readonly number[]) {
    this.#pids = pids
    this.beginAnew()
  }

  /** What was used so far, to warm up, belongs to no step. */
  beginAnew(): void {
    this.look()
    this.#machineAtStart = this.#machine
    this.#atStart = new Map(this.#cpuSeconds)
    this.#waitsAtStart = sumOfWaits(this.#waits.values())
  }

  look(): void {
    this.#machine = machineMs()
    for (const pid of this.#pids) {
      const now = readProcess(pid)
      if (now === null) continue
      this.#cpuSeconds.set(pid, now.cpuSeconds)
      const waits = waitsOf(pid)
      if (waits.seconds >= (this.#waits.get(pid)?.seconds ?? 0)) this.#waits.set(pid, waits)
      // One that has ended and wasn't waited for has no memory any more.
      this.#maxRssBytes.set(pid, Math.max(now.maxRssBytes, this.#maxRssBytes.get(pid) ?? 0))
    }
  }

  /** Zeros where there is no /proc. */
  figures(): ResourceFigures {
    return { cpuSeconds: sum(this.#cpuSeconds) - sum(this.#atStart), maxRssBytes: sum(this.#maxRssBytes) }
  }

  /** `requestMs`: see starvedShareOf(). */
  starvedShare(requestMs: number): number | null {
    const busyMs = this.#machine.busyMs - this.#machineAtStart.busyMs
    const { seconds, turns } = sumOfWaits(this.#waits.values())
    const use: UseOfStep = {
      busyMs,
      allMs: busyMs + this.#machine.idleMs - this.#machineAtStart.idleMs,
      cpuSeconds: this.figures().cpuSeconds,
      waitedSeconds: seconds - this.#waitsAtStart.seconds,
      turns: turns - this.#waitsAtStart.turns,
    }
    return starvedShareOf(use, requestMs)
  }
}

function machineMs(): { readonly busyMs: number; readonly idleMs: number } {
  let busyMs = 0
  let idleMs = 0
  for (const { times } of cpus()) {
    busyMs += times.user + times.nice + times.sys + times.irq
    idleMs += times.idle
  }
  return { busyMs, idleMs }
}

function readProcess(pid: number): ResourceFigures | null {
  try {
    // The command's name, in parentheses, may hold anything.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const peakKb = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SEC,
      maxRssBytes: Number(peakKb ?? 0) * BYTES_PER_KB,
    }
  } catch {
    return null
  }
}

function sum(of: ReadonlyMap<number, number>): number {
  return [...of.values()].reduce((total, one) => total + one, 0)
}

interface Waits {
  readonly seconds: number
  readonly turns: number
}

function sumOfWaits(all: Iterable<Waits>): Waits {
  return [...all].reduce((sum, { seconds, turns }) => ({ seconds: sum.seconds + seconds, turns: sum.turns + turns }), {
    seconds: 0,
    turns: 0,
  })
}

/** What its threads spent ready to run and without a processor, and how often they got one; 0 where the system doesn't say. */
function waitsOf(pid: number): Waits {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return sumOfWaits(threads.map((thread) => waitsOfThread(`/proc/${pid}/task/${thread}/schedstat`)))
  } catch {
    return { seconds: 0, turns: 0 }
  }
}

/** The second and the third of three numbers: sched-stats.rst of the kernel's documentation. */
function waitsOfThread(path: string): Waits {
  const [, waitedNs, turns] = readFileSync(path, 'utf8').split(' ').map(Number)
  return { seconds: (waitedNs || 0) / 1e9, turns: turns || 0 }
}
