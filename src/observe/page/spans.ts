/** What lies between two looks at a sale: rates and percentiles come from such spans. */
import type { Telemetry } from '../../core/telemetry.ts'

export interface Span {
  readonly from: Telemetry
  readonly to: Telemetry
  readonly seconds: number
}

/** Two looks within less, as at a change of phase, would show a rate of chance. */
const LEAST_MS = 700
/** Figures of the moment are of so long. */
const RECENT_MS = 5_000

/** From look to look, in order of time. */
export function spansOf(looks: readonly Telemetry[]): readonly Span[] {
  const spans: Span[] = []
  let from = looks[0]
  for (const to of looks.slice(1)) {
    if (from !== undefined && to.atMs - from.atMs >= LEAST_MS) {
      spans.push(spanBetween(from, to))
      from = to
    }
  }
  return spans
}

/** What the figures beside the curves are of: the last seconds, and of a run that is over the whole of it. */
export function presentSpan(looks: readonly Telemetry[]): Span | null {
  const first = looks[0]
  const last = looks.at(-1)
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return null
  if (isOver(last)) return spanBetween(first, last)
  const recent = looks.findLast(({ atMs }) => last.atMs - atMs >= RECENT_MS) ?? first
  return spanBetween(recent, last)
}

export function isOver({ phase }: Telemetry): boolean {
  return phase === 'finished'
}

/** Per second; what shrinks, as by a correction, counts as none. */
export function rateIn({ from, to, seconds }: Span, countOf: (look: Telemetry) => number): number {
  return Math.max(0, countOf(to) - countOf(from)) / seconds
}

export function spanBetween(from: Telemetry, to: Telemetry): Span {
  return { from, to, seconds: (to.atMs - from.atMs) / 1_000 }
}
