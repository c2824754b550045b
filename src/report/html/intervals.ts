/** Draws figures with their intervals: a dot for the median, a whisker for the interval, and both in words. */
import type { IntervalChart, IntervalRow } from '../model/page.ts'
import { escaped } from './escape.ts'

export function drawnIntervals(chart: IntervalChart): string {
  const rows = chart.rows.map((row) => drawnRow(row, chart)).join('')
  const ends = endsOf(chart)
    .map((value) => `<span>${escaped(chart.formatEnd(value))}</span>`)
    .join('')
  const limit = chart.limit === null ? '' : ` <span class="limit-words">┊ ${escaped(chart.limit.label)}</span>`
  return `<figure class="drawn intervals"><figcaption><h3>${escaped(chart.title)}</h3><p>${escaped(chart.sentence)}${limit}</p></figcaption>
<ol>${rows}</ol><div class="scale" aria-hidden="true">${ends}</div></figure>`
}

function endsOf({ from, until }: IntervalChart): number[] {
  return from < 0 ? [from, 0, until] : [from, until]
}

function drawnRow({ name, mood, figure, limit: ofRow }: IntervalRow, chart: IntervalChart): string {
  const words = figure === null ? 'not measured' : wordsOf(figure, chart)
  const at = ofRow ?? chart.limit?.at ?? null
  const zero = chart.from < 0 ? `<span class="zero" style="left:${percent(0, chart)}%"></span>` : ''
  const limit = at === null ? '' : `<span class="limit" style="left:${percent(at, chart)}%"></span>`
  const drawn = zero + limit + (figure === null ? '' : whisker(figure, chart))
  return `<li class="${mood}"><span class="who">${escaped(name)}</span><span class="track" aria-hidden="true">${drawn}</span><span class="what">${escaped(words)}</span></li>`
}

function wordsOf({ median, low, high }: NonNullable<IntervalRow['figure']>, { format }: IntervalChart): string {
  return low === high ? format(median) : `${format(median)} (${format(low)} to ${format(high)})`
}

function whisker({ median, low, high }: NonNullable<IntervalRow['figure']>, chart: IntervalChart): string {
  const from = Number(percent(low, chart))
  const width = (Number(percent(high, chart)) - from).toFixed(2)
  return `<span class="whisker" style="left:${from}%;width:${width}%"></span><span class="median" style="left:${percent(median, chart)}%"></span>`
}

function percent(value: number, { from, until }: IntervalChart): string {
  const share = until === from ? 0 : (value - from) / (until - from)
  return (Math.min(1, Math.max(0, share)) * 100).toFixed(2)
}
