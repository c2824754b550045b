/**
 * Response time, from the planned moment to the answer: percentiles of what was answered in each moment. A watch knows of
 * no plan: there it is the service time, from the sending on.
 */
import type { Telemetry } from '../../../core/telemetry.ts'
import { formatMs } from '../../../core/units.ts'
import type { Card, Line, Mark } from '../card.ts'
import type { Span } from '../spans.ts'
import { bucketsBetween, bucketsOf, quantileSeconds } from '../time-buckets.ts'
import { secondsInto, type Told } from '../told.ts'

const QUANTILES = [0.5, 0.95, 0.99] as const

type TimesOf = (look: Telemetry) => Telemetry['responseTime']

const RESPONSE = { title: 'Response time', timesOf: (look: Telemetry) => look.responseTime }
const SERVICE = { title: 'Service time', timesOf: (look: Telemetry) => look.serviceTime }

export function timesCard(told: Told): Card {
  const { title, timesOf } = told.last.source.kind === 'watch' ? SERVICE : RESPONSE
  return {
    id: 'times',
    title,
    note: `percentiles, ${told.presentName}`,
    chart: {
      description: `Percentiles of the ${title.toLowerCase()} over time`,
      lines: QUANTILES.map((q) => quantileLine(told, timesOf, q)),
      marks: objectives(told),
      scale: 'log',
      format: (seconds) => shortTime(seconds * 1_000),
      seconds: told.seconds,
      steps: told.steps,
    },
    table: null,
    empty: 'No answer has come.',
  }
}

function timeIn({ from, to }: Span, timesOf: TimesOf, q: number): number | null {
  return quantileSeconds(bucketsBetween(bucketsOf(timesOf(from)), bucketsOf(timesOf(to))), q)
}

function quantileLine(told: Told, timesOf: TimesOf, q: number): Line {
  const now = told.present === null ? null : timeIn(told.present, timesOf, q)
  return {
    name: nameOf(q),
    value: now === null ? '–' : formatMs(now * 1_000),
    points: told.spans.map((span) => ({ x: secondsInto(told, span.to), y: timeIn(span, timesOf, q) })),
  }
}

function objectives({ last }: Told): Mark[] {
  return Object.entries(last.source.objectives).map(([q, seconds]) => ({
    y: seconds,
    label: `${nameOf(Number(q))} allowed`,
  }))
}

/** 0.99 -> "p99", 0.999 -> "p999". */
function nameOf(q: number): string {
  return `p${String(Number((q * 100).toFixed(3))).replace('.', '')}`
}

/** For an axis: 1ms, 0.5ms, 2s. */
function shortTime(ms: number): string {
  return ms >= 1_000 ? `${Number((ms / 1_000).toPrecision(2))}s` : `${Number(ms.toPrecision(2))}ms`
}
