/** Stock against time: what was left by what buyers were told, what readers were shown, and what the ledger says at the end. */
import type { RunRecord, SaleFigures, StepRecord } from '../../core/run-record.ts'
import { formatCount, formatQuantity } from '../../core/units.ts'
import { columns, type Look, type Mark, type Point, row, type Section, type Series } from './page.ts'
import type { StepDigest } from './step-digest.ts'
import { clock, someOf, stepMarks, thinnedWords, timeAxis, type Timeline, timelineOf } from './timeline.ts'

const MOST_SALES = 3

/** null: no history could be read. */
export function stockSection(record: RunRecord, digests: readonly StepDigest[]): Section | null {
  if (digests.length === 0) return null
  const timeline = timelineOf(digests)
  const places = drawnPlaces(record)
  const series = places.flatMap((place, index) =>
    seriesOf(record, digests, timeline, { place, index, of: places.length }),
  )
  const skus = mostSales(record)
  const named =
    skus > places.length
      ? ` Of ${formatQuantity(skus, 'SKU')}, the ${places.length} that went worst, or sold most.`
      : ''
  const x = timeAxis(timeline)
  return {
    id: 'stock',
    title: 'Stock against time',
    lead: `Units left by what buyers were told; below zero, more were promised than there were.${named}`,
    blocks: [
      {
        kind: 'chart',
        chart: {
          title: 'Units left',
          sentence: sentenceOf(record, digests, places),
          x,
          y: { label: 'units', scale: 'linear', format: formatCount },
          series,
          marks: [
            { axis: 'y', at: 0, label: 'nothing left', mood: 'bad' } satisfies Mark,
            ...stepMarks(digests, timeline),
          ],
          table: {
            caption: 'Units left over time',
            columns: columns('>time', ...series.map(({ name }) => `>${name}`)),
            rows: tableRows(series),
            more: thinnedWords(momentsOf(series).length),
          },
        },
      },
    ],
  }
}

interface Drawn {
  readonly place: number
  readonly index: number
  readonly of: number
}

function seriesOf(
  record: RunRecord,
  digests: readonly StepDigest[],
  timeline: Timeline,
  { place, index, of }: Drawn,
): Series[] {
  const look = `line-${index as 0 | 1 | 2}` as const
  const prefix = of > 1 ? `${digests.at(-1)!.stock[place]?.sku ?? `SKU ${place + 1}`}: ` : ''
  const left: Series = { name: `${prefix}left`, look, draw: 'steps', points: leftPoints(digests, timeline, place) }
  const shown = of > 1 ? [] : shownSeries(digests, timeline, place)
  return [
    left,
    ...shown,
    ...ledgerSeries(record, digests, timeline, place, { name: `${prefix}left in the ledger`, look }),
  ]
}

function leftPoints(digests: readonly StepDigest[], { starts }: Timeline, place: number): Point[] {
  return digests.flatMap((digest, step) => {
    const { bucketMs, buckets } = digest
    const points = (digest.stock[place]?.left ?? []).map((y, index) => ({
      x: starts[step]! + (index * bucketMs) / 1_000,
      y,
    }))
    const end = starts[step]! + (buckets.length * bucketMs) / 1_000
    return step === digests.length - 1 ? points : [...points, { x: end, y: null }]
  })
}

/** Lowest and highest of each moment; where nobody read, nothing. */
function shownSeries(digests: readonly StepDigest[], { starts }: Timeline, place: number): Series[] {
  const of = (edge: 'low' | 'high'): Point[] =>
    digests.flatMap((digest, step) =>
      (digest.stock[place]?.shown ?? []).flatMap((shown, index) =>
        shown === null ? [] : [{ x: starts[step]! + ((index + 0.5) * digest.bucketMs) / 1_000, y: shown[edge] }],
      ),
    )
  const high = of('high')
  if (high.length === 0) return []
  return [{ name: 'most that a reader was shown', look: 'line-1', draw: 'dots', points: high }]
}

function ledgerSeries(
  { steps }: RunRecord,
  digests: readonly StepDigest[],
  { starts }: Timeline,
  place: number,
  { name }: { readonly name: string; readonly look: Look },
): Series[] {
  const points = digests.flatMap((digest, index) => {
    const sale = steps.find((step) => step.index === digest.index)?.sales[place]
    const end = starts[index]! + (digest.buckets.length * digest.bucketMs) / 1_000
    return sale === undefined || sale.sold === null ? [] : [{ x: end, y: sale.initial - sale.sold }]
  })
  return points.length === 0 ? [] : [{ name, look: 'line-3', draw: 'dots', points }]
}

function momentsOf(series: readonly Series[]): number[] {
  return [...new Set(series.flatMap(({ points }) => points.filter(({ y }) => y !== null).map(({ x }) => x)))].sort(
    (a, b) => a - b,
  )
}

function tableRows(series: readonly Series[]) {
  return someOf(momentsOf(series)).map((at) =>
    row([
      clock(at),
      ...series.map(({ points }) => {
        const y = points.find((point) => point.x === at && point.y !== null)?.y
        return y === undefined || y === null ? '' : formatCount(y)
      }),
    ]),
  )
}

function mostSales({ steps }: RunRecord): number {
  return steps.reduce((most, { sales }) => Math.max(most, sales.length), 0)
}

/** Places of SKUs within their steps: a SKU may have another name in each. The worst first, then those that sold most. */
function drawnPlaces(record: RunRecord): number[] {
  const places = Array.from({ length: mostSales(record) }, (_, place) => place)
  const failures = (place: number): number =>
    record.checks.filter(({ verdict, step, sku }) => verdict === 'fail' && skuAt(record, step, place) === sku).length
  const sold = (place: number): number => record.steps.reduce((sum, { sales }) => sum + (sales[place]?.sold ?? 0), 0)
  return places.sort((a, b) => failures(b) - failures(a) || sold(b) - sold(a)).slice(0, MOST_SALES)
}

function skuAt({ steps }: RunRecord, stepIndex: number, place: number): string | undefined {
  return steps.find(({ index }) => index === stepIndex)?.sales[place]?.sku
}

function sentenceOf({ steps }: RunRecord, digests: readonly StepDigest[], places: readonly number[]): string {
  const drawn = digests.flatMap(({ index }) => steps.filter((step) => step.index === index))
  const words = drawn.map(
    (step) => `${stepName(drawn, step)}${places.map((place) => saleWords(step.sales[place])).join('; ')}`,
  )
  return `Units left over time. ${words.slice(0, 9).join('. ')}.`
}

function stepName(steps: readonly StepRecord[], { index }: StepRecord): string {
  return steps.length > 1 ? `Step ${index + 1}: ` : ''
}

function saleWords(sale: SaleFigures | undefined): string {
  if (sale === undefined) return 'nothing was sold'
  if (sale.sold === null)
    return `${sale.sku} opened with ${formatQuantity(sale.initial, 'unit')}; its ledger could not be read`
  const over = sale.sold - sale.initial
  const words = `${sale.sku} opened with ${formatQuantity(sale.initial, 'unit')}, and its ledger holds ${formatCount(sale.sold)} sold`
  return over > 0 ? `${words}: ${formatCount(over)} too many` : words
}
