/** What a race is asked, and what it tells on its way. */
import type { CrashPoint, RaceRecord, RaceTerms } from '../../core/race-record.ts'
import type { RaceDirectory } from '../../results/index.ts'
import type { RunOptions } from '../run-scenario.ts'

export interface RaceOptions
  extends Pick<RunOptions, 'target' | 'servicesMode' | 'settings' | 'command' | 'signal' | 'env'> {
  /** Of a race that runs an order again: those of the race that is kept, for a search where it is not wrong any more. */
  readonly terms: RaceTerms
  /** A search that did not come to its end and found nothing wrong passes. */
  readonly acceptPartial: boolean
  /** Whose wrong orders are run again; null: it searches. `file`: where it was read, as it was named. */
  readonly replay: { readonly file: string; readonly record: RaceRecord } | null
  /** Empty by now; the race writes its record and what is read of it into it. */
  readonly directory: RaceDirectory
  readonly observer?: RaceObserver
}

/** How the search for one stock stands. */
export interface RaceProgress {
  readonly stock: number
  /** Orders that were run to their end, and among them those that were wrong. */
  readonly tried: number
  readonly wrong: number
  readonly elapsedMs: number
}

export interface RaceObserver {
  /** Before the first order, for what may take minutes: the download of an image. */
  waiting?(what: string): void
  /** The first order of a stock is about to be run. */
  started?(stock: number): void
  /** An order that was run again is not wrong any more: all are tried. */
  notWrongAgain?(stock: number): void
  /** After each order. */
  order?(progress: RaceProgress): void
  /** After each place at which the server was killed or a reply lost. */
  crash?(stock: number, point: CrashPoint): void
  /** At the end: what the server has written to its standard error, if anything. */
  targetSaid?(words: string): void
}
