/** CPU of the processes behind the sale, as cores in use. */
import type { Card, Line } from '../card.ts'
import { rateIn, type Span, spanBetween } from '../spans.ts'
import { secondsInto, type Told } from '../told.ts'

/** No more than there are colours. */
const MOST_LINES = 4
const BYTES_PER_MB = 1e6

export function resourcesCard(told: Told): Card {
  const names = Object.keys(told.last.resources).slice(0, MOST_LINES)
  return {
    id: 'cpu',
    title: 'CPU',
    note: `cores in use, ${told.presentName}; most memory`,
    chart:
      names.length === 0
        ? null
        : {
            description: 'Cores in use over time, by process',
            lines: names.map((name) => coresLine(told, name)),
            marks: [],
            scale: 'linear',
            format: (cores) => String(Number(cores.toFixed(2))),
            seconds: told.seconds,
            steps: told.steps,
          },
    table: null,
    empty: 'Nobody has measured it.',
  }
}

function coresLine(told: Told, name: string): Line {
  const now = coresNow(told, name)
  const megabytes = Math.round((told.last.resources[name]?.maxRssBytes ?? 0) / BYTES_PER_MB)
  return {
    name,
    value: `${now?.toFixed(2) ?? '–'} (${megabytes} MB)`,
    points: told.spans.map((span) => ({ x: secondsInto(told, span.to), y: coresIn(span, name) })),
  }
}

/** As far back as it was measured. */
function coresNow({ looks, present }: Told, name: string): number | null {
  if (present === null) return null
  const from = looks.find((look) => look.atMs >= present.from.atMs && look.resources[name] !== undefined)
  if (from === undefined || from.atMs >= present.to.atMs) return null
  return coresIn(spanBetween(from, present.to), name)
}

/** null where it was not measured at both ends: what it used before is of no known time. */
function coresIn(span: Span, name: string): number | null {
  const isMeasured = span.from.resources[name] !== undefined && span.to.resources[name] !== undefined
  return isMeasured ? rateIn(span, (look) => look.resources[name]?.cpuSeconds ?? 0) : null
}
