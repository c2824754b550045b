/** Response time, from the planned moment to the answer: percentiles of what was answered in each moment. */
import { formatMs } from '../../../core/units.ts'
import type { Card, Line, Mark } from '../card.ts'
import type { Span } from '../spans.ts'
import { bucketsBetween, bucketsOf, quantileSeconds } from '../time-buckets.ts'
import { secondsInto, type Told } from '../told.ts'

const QUANTILES = [0.5, 0.95, 0.99] as const

export function timesCard(told: Told): Card {
  return {
    id: 'times',
    title: 'Response time',
    note: `percentiles, ${told.presentName}`,
    chart: {
      description: 'Percentiles of the response time over time',
      lines: QUANTILES.map((q) => quantileLine(told, q)),
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

function responseTimeIn({ from, to }: Span, q: number): number | null {
  return quantileSeconds(bucketsBetween(bucketsOf(from.responseTime), bucketsOf(to.responseTime)), q)
}

function quantileLine(told: Told, q: number): Line {
  const now = told.present === null ? null : responseTimeIn(told.present, q)
  return {
    name: nameOf(q),
    value: now === null ? '–' : formatMs(now * 1_000),
    points: told.spans.map((span) => ({ x: secondsInto(told, span.to), y: responseTimeIn(span, q) })),
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
