/** CPU of the processes behind the sale, as cores in use. */
import type { Telemetry } from '../../../core/telemetry.ts'
import type { Card, Line } from '../card.ts'
import { rateIn } from '../spans.ts'
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
            steps: told.steps,
          },
    table: null,
    empty: 'Nobody has measured it.',
  }
}

function coresLine(told: Told, name: string): Line {
  const cpuOf = (look: Telemetry): number => look.resources[name]?.cpuSeconds ?? 0
  const cores = told.present === null ? '' : rateIn(told.present, cpuOf).toFixed(2)
  const megabytes = Math.round((told.last.resources[name]?.maxRssBytes ?? 0) / BYTES_PER_MB)
  return {
    name,
    value: `${cores} (${megabytes} MB)`,
    points: told.spans.map((span) => ({ x: secondsInto(told, span.to), y: rateIn(span, cpuOf) })),
  }
}
