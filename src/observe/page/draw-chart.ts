/** Draws a chart: its lines, told apart by colour and dashes, and a legend with what they are now. */
import type { Chart, Line, Mark } from './card.ts'
import { drawing, element, type PageElement } from './dom.ts'
import { clock, FRAME, HEIGHT, pathOf, type Plot, plotOf, WIDTH } from './plot.ts'

export function drawnChart(chart: Chart): PageElement[] {
  const plot = plotOf(chart)
  const spoken = chart.lines.map(({ name, value }) => `${name} ${value}`).join(', ')
  const picture = drawing(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': `${chart.description}: ${spoken}` },
    [
      ...plot.ticks.flatMap((tick) => tickAt(plot.y(tick), chart.format(tick))),
      ...plot.times.map((seconds, index) => timeAt(plot, seconds, ['start', 'middle', 'end'][index]!)),
      ...chart.steps.map((seconds) => stepAt(plot.x(seconds))),
      ...belowZero(plot),
      ...chart.marks.flatMap((mark) => markAt(plot, mark)),
      ...chart.lines.map((line, index) => drawing('path', { class: `line line-${index}`, d: pathOf(line, plot) })),
    ],
  )
  return [picture, element('ul', { class: 'legend' }, chart.lines.map(legendEntry))]
}

function tickAt(y: number, label: string): PageElement[] {
  return [
    drawing('line', { class: 'grid', x1: `${FRAME.left}`, x2: `${FRAME.right}`, y1: `${y}`, y2: `${y}` }),
    drawing('text', { class: 'label', x: `${FRAME.left - 4}`, y: `${y + 3}`, 'text-anchor': 'end' }, [label]),
  ]
}

function timeAt({ x }: Plot, seconds: number, anchor: string): PageElement {
  const place = { x: `${x(seconds)}`, y: `${HEIGHT - 4}`, 'text-anchor': anchor }
  return drawing('text', { class: 'label', ...place }, [clock(seconds)])
}

function stepAt(x: number): PageElement {
  return drawing('line', { class: 'step', x1: `${x}`, x2: `${x}`, y1: `${FRAME.top}`, y2: `${FRAME.bottom}` })
}

/** Where no value may be. */
function belowZero({ y, ticks }: Plot): PageElement[] {
  if (ticks[0]! >= 0) return []
  const top = y(0)
  const size = { width: `${FRAME.right - FRAME.left}`, height: `${FRAME.bottom - top}` }
  return [drawing('rect', { class: 'below', x: `${FRAME.left}`, y: `${top}`, ...size })]
}

function markAt({ y }: Plot, mark: Mark): PageElement[] {
  const at = y(mark.y)
  const above = at - 3 < FRAME.top + 6 ? at + 9 : at - 3
  return [
    drawing('line', { class: 'mark', x1: `${FRAME.left}`, x2: `${FRAME.right}`, y1: `${at}`, y2: `${at}` }),
    drawing('text', { class: 'label', x: `${FRAME.left + 4}`, y: `${above}` }, [mark.label]),
  ]
}

function legendEntry({ name, value }: Line, index: number): PageElement {
  const swatch = drawing('svg', { class: 'swatch', viewBox: '0 0 18 6', 'aria-hidden': 'true' }, [
    drawing('path', { class: `line line-${index}`, d: 'M0 3L18 3' }),
  ])
  return element('li', {}, [swatch, element('span', { class: 'name' }, [name]), element('b', {}, [value])])
}
