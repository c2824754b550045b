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

/** Looked at while the processes run: what is gone can't be asked. */
export class ProcessorUse {
  readonly #pids: readonly number[]
  readonly #machineAtStart = machineMs()
  readonly #atStart: Map<number, number>
  readonly #cpuSeconds = new Map<number, number>()
  readonly #maxRssBytes = new Map<number, number>()
  readonly #waitedSeconds = new Map<number, number>()
  readonly #waitedAtStart: number
  #machine = this.#machineAtStart

  /** From now on; the memory is that of all their life. */
  constructor(pids: readonly number[]) {
    this.#pids = pids
    this.look()
    this.#atStart = new Map(this.#cpuSeconds)
    this.#waitedAtStart = sum(this.#waitedSeconds)
  }

  look(): void {
    this.#machine = machineMs()
    for (const pid of this.#pids) {
      const now = readProcess(pid)
      if (now === null) continue
      this.#cpuSeconds.set(pid, now.cpuSeconds)
      this.#waitedSeconds.set(pid, Math.max(waitedSecondsOf(pid), this.#waitedSeconds.get(pid) ?? 0))
      // One that has ended and wasn't waited for has no memory any more.
      this.#maxRssBytes.set(pid, Math.max(now.maxRssBytes, this.#maxRssBytes.get(pid) ?? 0))
    }
  }

  /** Zeros where there is no /proc. */
  figures(): ResourceFigures {
    return { cpuSeconds: sum(this.#cpuSeconds) - sum(this.#atStart), maxRssBytes: sum(this.#maxRssBytes) }
  }

  /**
   * Share of all that was used that k6 used, 0..1, where nothing was left and k6 had a good part of it, or waited for it
   * as long as it had it; else null.
   */
  starvedShare(): number | null {
    const busyMs = this.#machine.busyMs - this.#machineAtStart.busyMs
    const allMs = busyMs + this.#machine.idleMs - this.#machineAtStart.idleMs
    if (allMs <= 0 || busyMs < USED_UP_SHARE * allMs) return null
    const { cpuSeconds } = this.figures()
    const share = Math.min(1, (cpuSeconds * 1_000) / busyMs)
    const hasWaited = sum(this.#waitedSeconds) - this.#waitedAtStart >= WAITED_SHARE * cpuSeconds
    return share >= K6_SHARE || hasWaited ? share : null
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

/** What its threads spent ready to run and without a processor; 0 where the system doesn't say. */
function waitedSecondsOf(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return threads.reduce((total, thread) => total + waitedNsOf(`/proc/${pid}/task/${thread}/schedstat`), 0) / 1e9
  } catch {
    return 0
  }
}

/** The second of three numbers: sched-stats.rst of the kernel's documentation. */
function waitedNsOf(path: string): number {
  const waited = Number(readFileSync(path, 'utf8').split(' ')[1])
  return Number.isFinite(waited) ? waited : 0
}
