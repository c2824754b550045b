/** What was offered, and what was answered definitely: where they part, the target does not keep up. */
import type { Telemetry } from '../../../core/telemetry.ts'
import { formatCount } from '../../../core/units.ts'
import type { Card, Line } from '../card.ts'
import { rateIn } from '../spans.ts'
import { secondsInto, type Told } from '../told.ts'

export function loadCard(told: Told): Card {
  const isOpen = told.last.source.model === 'open' && told.last.source.kind === 'run'
  const achieved = rateLine(told, 'achieved', ({ counts }) => counts.achieved)
  return {
    id: 'load',
    title: isOpen ? 'Offered and achieved' : 'Achieved',
    note: `requests per second, ${told.presentName}`,
    chart: {
      description: 'Requests per second over time, offered and achieved',
      lines: isOpen ? [rateLine(told, 'offered', ({ counts }) => counts.offered), achieved] : [achieved],
      marks: [],
      scale: 'linear',
      format: formatCount,
      steps: told.steps,
    },
    table: null,
    empty: 'No request has left.',
  }
}

function rateLine(told: Told, name: string, countOf: (look: Telemetry) => number): Line {
  return {
    name,
    value: told.present === null ? '' : `${formatCount(rateIn(told.present, countOf))}/s`,
    points: told.spans.map((span) => ({ x: secondsInto(told, span.to), y: rateIn(span, countOf) })),
  }
}
