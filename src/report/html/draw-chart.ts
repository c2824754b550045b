/**
 * Draws charts as SVG, by ECharts and without a browser, so that the page needs no script. Twice each: for a screen, and
 * for a phone, where the same picture made smaller could not be read. Loads ECharts: import it where a chart is drawn.
 */
import { init } from 'echarts/dist/echarts.esm.min'
import type { Chart } from '../model/page.ts'
import { chartOption, type Room } from './chart-option.ts'
import { escaped } from './escape.ts'

const ROOMS: readonly (Room & { readonly name: string })[] = [
  { name: 'wide', width: 800, height: 260, isNarrow: false },
  { name: 'narrow', width: 340, height: 230, isNarrow: true },
]

/** One picture a room, of which the page shows the one that fits. `id`: unique in the page. */
export function drawnChart(chart: Chart, id: string): string {
  return ROOMS.map((room) => {
    const svg = tidied(svgOf(chart, room), `${id}-${room.name}`)
    const label = escaped(`${chart.title}. ${chart.sentence}`)
    const opening = `<svg class="chart ${room.name}" viewBox="0 0 ${room.width} ${room.height}" role="img" aria-label="${label}">`
    return opening + svg.slice(svg.indexOf('>') + 1)
  }).join('')
}

function svgOf(chart: Chart, room: Room): string {
  const { width, height } = room
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    drawing.setOption(chartOption(chart, room))
    return drawing.renderToSVGString()
  } finally {
    drawing.dispose()
  }
}

/** Without what only a pointer would need, and with names of its own: those of two drawings in one page may be the same. */
function tidied(svg: string, id: string): string {
  return svg
    .replaceAll(/<style[^>]*>.*?<\/style>/gs, '')
    .replaceAll(/ (?:ecmeta_[a-z_]+|class|pointer-events|xml:space|id="0"|stroke-miterlimit)="[^"]*"/g, '')
    .replaceAll(/ style="font-size:(\d+)px;font-family:[^"]*"/g, ' font-size="$1"')
    .replaceAll(/\bzr\d+-/g, `${id}-`)
    .replaceAll(/<rect[^>]*fill="none"[^>]*><\/rect>/g, '')
    .replaceAll(/<\/?defs ?>\s*(?=<\/?defs ?>)/g, '')
    .replaceAll(/>\s+</g, '><')
    .replaceAll(PLACES, (place) => place.replaceAll(/(\d\.\d{2})\d+/g, '$1'))
}

/** Attributes that say where something is drawn: what stands in a text is a figure, and is left as it is. */
const PLACES = / (?:d|x|y|x1|x2|y1|y2|cx|cy|r|width|height|points|transform)="[^"]*"/g
