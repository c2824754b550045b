/** Draws what a section holds. All text is escaped here. */
import type { Advice, Block, Chart, Command, Mood, Row, Section, Series, Table } from '../model/page.ts'
import { escaped, escapedWhole } from './escape.ts'
import { drawnIntervals } from './intervals.ts'
import { swatch } from './looks.ts'
import { drawnProof } from './proof.ts'
import { drawnSequence } from './sequence.ts'

/** Draws a chart; `id` is unique in the page. */
export type DrawChart = (chart: Chart, id: string) => string

export function drawnSection({ id, title, lead, blocks }: Section, drawChart: DrawChart): string {
  const drawn = blocks.map((block, index) => drawnBlock(block, `${id}-${index}`, drawChart)).join('\n')
  return `<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${escaped(title)}</h2>${lead === '' ? '' : `\n<p class="lead">${escaped(lead)}</p>`}
${drawn}
</section>`
}

function drawnBlock(block: Block, id: string, drawChart: DrawChart): string {
  switch (block.kind) {
    case 'text':
      return `<p class="${block.mood}">${escaped(block.text)}</p>`
    case 'advice':
      return `<ul class="advice">${block.items.map(drawnAdvice).join('')}</ul>`
    case 'table':
      return drawnTable(block.table)
    case 'chart':
      return drawnFigure(block.chart, id, drawChart)
    case 'proof':
      return drawnProof(block.proof)
    case 'intervals':
      return drawnIntervals(block.intervals)
    case 'sequence':
      return drawnSequence(block.sequence, id)
    case 'commands':
      return block.commands.map(drawnCommand).join('')
    case 'folded': {
      const inner = block.blocks.map((one, index) => drawnBlock(one, `${id}-${index}`, drawChart)).join('\n')
      return `<details><summary>${escaped(block.summary)}</summary>${inner}</details>`
    }
  }
}

function drawnAdvice({ finding, cause, actions, mood }: Advice): string {
  const steps = actions.map((action) => `<li>${escaped(action)}</li>`).join('')
  return `<li class="${mood}"><p class="finding">${escaped(finding)}</p><p>${escaped(cause)}</p><ul>${steps}</ul></li>`
}

function drawnCommand({ label, text }: Command): string {
  return `<figure class="command"><figcaption>${escaped(label)}</figcaption><pre tabindex="0"><code>${escapedWhole(text)}</code></pre></figure>`
}

function drawnFigure(chart: Chart, id: string, drawChart: DrawChart): string {
  return `<figure class="drawn">
<figcaption><h3>${escaped(chart.title)}</h3><p>${escaped(chart.sentence)}</p></figcaption>
<div class="above"><span class="unit">${escaped(chart.y.label)}</span>${drawnLegend(chart.series)}</div>
${drawChart(chart, id)}
<details class="figures"><summary>${escaped(chart.table.caption)}: the figures</summary>${drawnTable(chart.table)}</details>
</figure>`
}

const SWATCH_OF: Readonly<Record<Series['draw'], 'line' | 'area' | 'dot'>> = {
  line: 'line',
  steps: 'line',
  stack: 'area',
  bars: 'area',
  dots: 'dot',
}

function drawnLegend(series: readonly Series[]): string {
  const entries = series.map(({ name, look, draw }) => `<li>${swatch(look, SWATCH_OF[draw])}${escaped(name)}</li>`)
  return `<ul class="legend">${entries.join('')}</ul>`
}

function drawnTable(table: Table): string {
  const { caption, columns, rows, more } = table
  const heads = columns.map(({ title, align }) => `<th scope="col"${alignment(align)}>${escaped(title)}</th>`).join('')
  const head = columns.every(({ title }) => title === '') ? '' : `<thead><tr>${heads}</tr></thead>`
  const isText = holdsText(table)
  const body = rows.map((row) => drawnRow(row, columns, isText)).join('')
  const rest = more === '' ? '' : `<p class="more">${escaped(more)}</p>`
  const name = escaped(caption)
  return `<div class="scroll" role="group" aria-label="${name}" tabindex="0"><table${isText ? ' class="texts"' : ''}><caption class="heard">${name}</caption>${head}<tbody>${body}</tbody></table></div>${rest}`
}

const LONG_CELL = 30

/** Sentences beside one another can't be read on a phone: there its cells stand one under the other, each with its title. */
function holdsText({ columns, rows }: Table): boolean {
  const isFigures = columns.some(({ align }) => align === 'right')
  return !isFigures && rows.some(({ cells }) => cells.some(({ length }) => length > LONG_CELL))
}

function drawnRow({ cells, mood }: Row, columns: Table['columns'], isText: boolean): string {
  const drawn = cells.map((cell, index) => {
    const { align, title } = columns[index] ?? { align: 'left', title: '' }
    if (index === 0) return `<th scope="row"${alignment(align)}>${escaped(cell)}</th>`
    const label = isText && title !== '' ? ` data-title="${escaped(title)}"` : ''
    return `<td${alignment(align)}${label}>${escaped(cell)}</td>`
  })
  return `<tr${moodClass(mood)}>${drawn.join('')}</tr>`
}

function alignment(align: 'left' | 'right'): string {
  return align === 'right' ? ' class="right"' : ''
}

function moodClass(mood: Mood): string {
  return mood === 'plain' ? '' : ` class="${mood}"`
}
