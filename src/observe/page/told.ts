/** All that was told of one run, and where in it a moment stands. */
import type { Telemetry } from '../../core/telemetry.ts'
import { isOver, presentSpan, type Span, spansOf } from './spans.ts'

export interface Told {
  readonly looks: readonly Telemetry[]
  readonly last: Telemetry
  readonly spans: readonly Span[]
  readonly present: Span | null
  /** "last 5 s", or "whole run". */
  readonly presentName: string
  /** From the first look to the last. */
  readonly seconds: number
  /** Where steps began, seconds since the first look. */
  readonly steps: readonly number[]
}

/** null when nothing was. */
export function toldBy(looks: readonly Telemetry[]): Told | null {
  const last = looks.at(-1)
  if (last === undefined) return null
  const present = presentSpan(looks)
  const presentName = isOver(last) ? 'whole run' : `last ${Math.round(present?.seconds ?? 0)} s`
  const seconds = secondsInto({ looks }, last)
  return { looks, last, spans: spansOf(looks), present, presentName, seconds, steps: stepBeginnings(looks) }
}

/** Seconds since the first look. */
export function secondsInto({ looks }: Pick<Told, 'looks'>, { atMs }: Telemetry): number {
  return (atMs - looks[0]!.atMs) / 1_000
}

function stepBeginnings(looks: readonly Telemetry[]): number[] {
  const beginnings = looks.filter(({ step }, index) => index > 0 && step?.number !== looks[index - 1]!.step?.number)
  return beginnings.map((look) => secondsInto({ looks }, look))
}
