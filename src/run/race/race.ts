/**
 * A race from its first order to its record: a search for each stock, one after the other, on one server. What was found so far
 * stands in `race.json` after each of them; an interruption keeps it.
 */
import type { RacePart, RaceRecord, WrongOrder } from '../../core/race-record.ts'
import { RACE_SCHEMA } from '../../core/race-record.ts'
import { HarnessError } from '../../core/errors.ts'
import type { RunVerdict } from '../../core/exit-codes.ts'
import type { RaceOptions } from './race-options.ts'
import { type PartOptions, racePart, warmUp } from './race-part.ts'
import { replayPart } from './race-replay.ts'
import { setUpRace, type RaceSetting } from './race-setting.ts'
import { writeRaceSummaries } from './race-summaries.ts'
import { raceVerdict } from './race-verdict.ts'

/** Throws HarnessError where not even the first order could be run. */
export async function race(options: RaceOptions): Promise<RaceRecord> {
  const startedAt = new Date()
  const setting = await setUpRace({ ...options, onWait: (what) => options.observer?.waiting?.(what) })
  try {
    return await new Race(options, setting, startedAt).toTheEnd()
  } finally {
    await setting[Symbol.asyncDispose]()
  }
}

class Race {
  readonly #options: RaceOptions
  readonly #setting: RaceSetting
  #record: RaceRecord

  constructor(options: RaceOptions, setting: RaceSetting, startedAt: Date) {
    this.#options = options
    this.#setting = setting
    const { terms, replay, command } = options
    this.#record = {
      schema: RACE_SCHEMA,
      raceId: setting.raceId,
      status: 'running',
      startedAt: startedAt.toISOString(),
      finishedAt: null,
      ...(command !== undefined && { command }),
      target: setting.target.record,
      terms,
      environment: setting.environment,
      parts: [],
      ...(replay !== null && { replayOf: { raceId: replay.record.raceId, file: replay.file } }),
      notes: [],
      verdict: null,
      exitCode: null,
    }
  }

  async toTheEnd(): Promise<RaceRecord> {
    const { directory, signal, observer } = this.#options
    await directory.writeRecord(this.#record)
    let endedBy: Extract<RunVerdict, 'interrupted' | 'environment'> | null = null
    try {
      await this.#everyPart(await warmUp(this.#setting, Math.max(...this.#options.terms.stocks)))
    } catch (error) {
      endedBy = this.#endedBy(error)
    }
    if (signal.aborted) endedBy = 'interrupted'
    const words = this.#setting.target.lastWords()
    if (words !== '') observer?.targetSaid?.(words)
    await this.#finish(endedBy)
    return this.#record
  }

  async #everyPart(chance: PartOptions['chance']): Promise<void> {
    const { signal, observer, terms } = this.#options
    for (const stock of terms.stocks) {
      if (signal.aborted) return
      observer?.started?.(stock)
      const options = {
        setting: this.#setting,
        terms,
        stock,
        chance,
        signal,
        onOrder: (progress: { readonly tried: number; readonly wrong: number; readonly elapsedMs: number }) =>
          observer?.order?.({ stock, ...progress }),
        onCrash: (point: RacePart['crashes'][number]) => observer?.crash?.(stock, point),
        onSearch: () => observer?.notWrongAgain?.(stock),
      }
      const known = this.#knownOf(stock)
      const raced = await (known === null ? racePart(options) : replayPart(options, known))
      this.#record = { ...this.#record, parts: [...this.#record.parts, raced.part] }
      await this.#options.directory.writeRecord(this.#record)
      if (raced.failure !== null) throw raced.failure
    }
  }

  #knownOf(stock: number): WrongOrder | null {
    return this.#options.replay?.record.parts.find((part) => part.stock === stock)?.shortest ?? null
  }

  #endedBy(error: unknown): 'interrupted' | 'environment' {
    if (this.#options.signal.aborted) return 'interrupted'
    if (!(error instanceof HarnessError) || error.exitReason !== 'environment') throw error
    this.#record = { ...this.#record, notes: [...this.#record.notes, error.message] }
    return 'environment'
  }

  async #finish(endedBy: Extract<RunVerdict, 'interrupted' | 'environment'> | null): Promise<void> {
    const { directory, acceptPartial, terms } = this.#options
    const findings = { parts: this.#record.parts, stocks: terms.stocks.length, acceptPartial, endedBy }
    this.#record = {
      ...this.#record,
      status: endedBy === 'interrupted' ? 'interrupted' : 'complete',
      finishedAt: new Date().toISOString(),
      ...raceVerdict(findings),
    }
    await directory.writeRecord(this.#record)
    await writeRaceSummaries(directory, this.#record)
  }
}
