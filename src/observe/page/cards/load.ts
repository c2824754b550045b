/** What was offered, and what was answered definitely: where they part, the target does not keep up. */
import type { Telemetry } from '../../../core/telemetry.ts'
import { formatCount } from '../../../core/units.ts'
import type { Card, Line } from '../card.ts'
import { isOver, rateIn } from '../spans.ts'
import { secondsInto, type Told } from '../told.ts'

export function loadCard(told: Told): Card {
  const isOpen = told.last.source.model === 'open' && told.last.source.kind === 'run'
  const achieved = rateLine(told, 'achieved', ({ counts }) => counts.achieved)
  return {
    id: 'load',
    title: isOpen ? 'Offered and achieved' : 'Achieved',
    note: isOver(told.last) ? 'requests per second' : `requests per second, ${told.presentName}`,
    chart: {
      description: 'Requests per second over time, offered and achieved',
      lines: isOpen ? [rateLine(told, 'offered', ({ counts }) => counts.offered), achieved] : [achieved],
      marks: [],
      scale: 'linear',
      format: formatCount,
      seconds: told.seconds,
      steps: told.steps,
    },
    table: null,
    empty: 'No request has left.',
  }
}

function rateLine(told: Told, name: string, countOf: (look: Telemetry) => number): Line {
  return {
    name,
    value: valueNow(told, countOf),
    points: told.spans.map((span) => ({ x: secondsInto(told, span.to), y: rateIn(span, countOf) })),
  }
}

/** Of a run that is over no rate: its steps had each their own, with pauses between. */
function valueNow({ last, present }: Told, countOf: (look: Telemetry) => number): string {
  if (isOver(last)) return `${formatCount(countOf(last))} in all`
  return present === null ? '' : `${formatCount(rateIn(present, countOf))}/s`
}
