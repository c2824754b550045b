/**
 * Shows runs of other processes on the live page: follows what a run appends to its folder, and the next run when one
 * begins. It reads only; what it shows of a run that died without a last word comes from the run's record.
 */
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HarnessError } from '../core/errors.ts'
import type { Telemetry } from '../core/telemetry.ts'
import { type LiveServer, NewestRun, startLiveServer, TelemetryLines } from '../observe/index.ts'
import { headlineOf } from '../report/index.ts'
import { LIVE_FILE, openRun, type StoredRun } from '../results/index.ts'

export interface ObserveOptions {
  /** A run's folder; or the folder in which runs make theirs: the newest, and then each that begins. */
  readonly from: { readonly directory: string } | { readonly resultsRoot: string }
  /** 0: any that is free. */
  readonly port: number
  /** Ends it. */
  readonly signal: AbortSignal
  readonly observer: ObserveObserver
}

interface ObserveObserver {
  serving(url: string): void
  following(directory: string): void
  /** Something that can't be shown, in a sentence. */
  missing(sentence: string): void
}

const LOOK_EVERY_MS = 500
/** A run tells once a second: silent for so long, it may have died. */
const SILENT_LOOKS = 10

/**
 * Serves until the signal.
 * Throws HarnessError RUN_DIRECTORY_INVALID for a folder that shows nothing, SERVICE_UNAVAILABLE when it can't listen.
 */
export async function observeRuns({ from, port, signal, observer }: ObserveOptions): Promise<void> {
  const first = 'directory' in from ? await runToFollow(from.directory) : null
  const newest = 'directory' in from ? null : new NewestRun(resolve(from.resultsRoot), LIVE_FILE)
  const server = await startLiveServer({ port })
  try {
    observer.serving(server.url)
    let run = first === null ? null : follow(first, server, observer)
    while (!signal.aborted) {
      const next = (await newest?.next()) ?? null
      if (next !== null) run = follow(next, server, observer)
      await run?.look()
      await untilNextLook(signal)
    }
  } finally {
    await server[Symbol.asyncDispose]()
  }
}

function follow(directory: string, server: LiveServer, observer: ObserveObserver): FollowedRun {
  observer.following(directory)
  return new FollowedRun(directory, server, observer)
}

async function untilNextLook(signal: AbortSignal): Promise<void> {
  await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
}

/** Throws HarnessError RUN_DIRECTORY_INVALID. */
async function runToFollow(directory: string): Promise<string> {
  const { path, state } = await openRun(directory)
  if (state === 'running' || (await hasTelemetry(path))) return path
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${path} has no ${LIVE_FILE} that tells how the run went`,
    hint: 'It was written by an older version. `doorbuster verify` shows its verdict.',
  })
}

async function hasTelemetry(directory: string): Promise<boolean> {
  let any = false
  await new TelemetryLines(join(directory, LIVE_FILE)).read(() => {
    any = true
  })
  return any
}

class FollowedRun {
  readonly #directory: string
  readonly #server: LiveServer
  readonly #observer: ObserveObserver
  readonly #lines: TelemetryLines
  #last: Telemetry | null = null
  #silentLooks = 0
  #isSaidMissing = false

  constructor(directory: string, server: LiveServer, observer: ObserveObserver) {
    this.#directory = directory
    this.#server = server
    this.#observer = observer
    this.#lines = new TelemetryLines(join(directory, LIVE_FILE))
  }

  async look(): Promise<void> {
    const before = this.#last
    await this.#lines
      .read((telemetry) => this.#take(telemetry))
      .catch((error: Error) => this.#sayMissing(error.message))
    if (this.#lines.notUnderstood > 0) this.#sayMissing('lines of another version, or damaged, are left out')
    this.#silentLooks = this.#last === before ? this.#silentLooks + 1 : 0
    if (this.#silentLooks === SILENT_LOOKS && this.#last?.phase !== 'finished') await this.#lookForItsEnd()
  }

  #take(telemetry: Telemetry): void {
    this.#last = telemetry
    this.#server.take(telemetry)
  }

  /** Of one that told no end: it died, or its disk took no more. */
  async #lookForItsEnd(): Promise<void> {
    const stored = await openRun(this.#directory).catch(() => null)
    if (this.#last === null || stored === null) return
    if (stored.state === 'running') this.#silentLooks = 0
    else this.#take(ended(this.#last, stored))
  }

  #sayMissing(why: string): void {
    if (this.#isSaidMissing) return
    this.#isSaidMissing = true
    this.#observer.missing(`${join(this.#directory, LIVE_FILE)}: ${why}`)
  }
}

function ended(last: Telemetry, { record }: StoredRun): Telemetry {
  const { verdict, word, rest } = headlineOf(record)
  return { ...last, phase: 'finished', verdict, sentence: `${word}${rest}` }
}
