/** Stock against time: what was left by what buyers were told, what readers were shown, and what the ledger says at the end. */
import type { RunRecord, SaleFigures } from '../../core/run-record.ts'
import { formatCount, formatQuantity, formatShare } from '../../core/units.ts'
import { columns, type Mark, type Point, row, type Section, type Series } from './page.ts'
import type { StepDigest } from './step-digest.ts'
import { clock, someOf, stepMarks, thinnedWords, timeAxis, type Timeline, timelineOf } from './timeline.ts'

/** Of several steps all are drawn as shares of their stock: one that sells thirty times as much would hide the others. */
interface Burn {
  readonly record: RunRecord
  readonly digests: readonly StepDigest[]
  readonly timeline: Timeline
  readonly asShares: boolean
}

const MOST_SALES = 3
const MOST_NAMED = 3

/** null: no history could be read. */
export function stockSection(record: RunRecord, digests: readonly StepDigest[]): Section | null {
  if (digests.length === 0) return null
  const burn: Burn = { record, digests, timeline: timelineOf(digests), asShares: digests.length > 1 }
  const skus = mostSales(record)
  const places = drawnPlaces(record)
  const series = places.flatMap((place, index) => seriesOf(burn, place, { index, of: places.length }))
  const format = burn.asShares ? formatShare : formatCount
  const label = burn.asShares ? 'share of the opening stock' : 'units'
  const which = skus > places.length ? ` Of ${formatQuantity(skus, 'SKU')}, those that went worst, or sold most.` : ''
  const isBelow = series.some(({ points }) => points.some(({ y }) => y !== null && y < 0))
  const zero: Mark = { axis: 'y', at: 0, label: 'nothing left: below is oversold', brief: 'nothing left', mood: 'bad' }
  const moments = momentsOf(series)
  return {
    id: 'stock',
    title: 'Stock against time',
    lead: `What was left by what buyers were told; below zero, more was promised than there was.${which}`,
    blocks: [
      {
        kind: 'chart',
        chart: {
          title: burn.asShares ? 'Stock left, by step' : 'Units left',
          sentence: sentenceOf(burn),
          x: timeAxis(burn.timeline),
          y: { label, scale: 'linear', format },
          series,
          marks: [...(isBelow ? [zero] : []), ...stepMarks(digests, burn.timeline)],
          table: {
            caption: 'Stock left over time',
            columns: columns('>time', ...series.map(({ name }) => `>${name}`)),
            rows: someOf(moments).map((at) => row([clock(at), ...series.map((one) => valueAt(one, at, format))])),
            more: thinnedWords(moments.length),
          },
        },
      },
    ],
  }
}

function seriesOf(burn: Burn, place: number, { index, of }: { readonly index: number; readonly of: number }): Series[] {
  const prefix = of > 1 ? `${burn.digests.at(-1)!.stock[place]?.sku ?? `SKU ${place + 1}`}: ` : ''
  const left: Series = {
    name: `${prefix}left`,
    look: `line-${index as 0 | 1 | 2}`,
    draw: 'steps',
    points: leftPoints(burn, place),
  }
  const shown: Series = {
    name: 'most that readers saw',
    look: 'line-1',
    draw: 'dots',
    points: shownPoints(burn, place),
  }
  const ledger: Series = {
    name: `${prefix}left in the ledger`,
    look: `line-${(3 + index) as 3 | 4 | 5}`,
    draw: 'dots',
    points: ledgerPoints(burn, place),
  }
  return [left, ...(of > 1 ? [] : [shown]), ledger].filter(({ points }) => points.length > 0)
}

/** In the unit of the chart. */
function heightOf({ record, asShares }: Burn, digest: StepDigest, place: number, units: number): number {
  if (!asShares) return units
  const initial = saleOf(record, digest, place)?.initial ?? 0
  return initial === 0 ? 0 : units / initial
}

function saleOf({ steps }: RunRecord, { index }: StepDigest, place: number): SaleFigures | undefined {
  return steps.find((step) => step.index === index)?.sales[place]
}

function leftPoints(burn: Burn, place: number): Point[] {
  const { digests, timeline } = burn
  return digests.flatMap((digest, step) => {
    const { bucketMs, buckets, stock } = digest
    const start = timeline.starts[step]!
    const points = (stock[place]?.left ?? []).map((units, index) => ({
      x: start + (index * bucketMs) / 1_000,
      y: heightOf(burn, digest, place, units),
    }))
    return step === digests.length - 1
      ? points
      : [...points, { x: start + (buckets.length * bucketMs) / 1_000, y: null }]
  })
}

/** Where nobody read, nothing. */
function shownPoints(burn: Burn, place: number): Point[] {
  return burn.digests.flatMap((digest, step) =>
    (digest.stock[place]?.shown ?? []).flatMap((shown, index) => {
      if (shown === null) return []
      const x = burn.timeline.starts[step]! + ((index + 1) * digest.bucketMs) / 1_000
      return [{ x, y: heightOf(burn, digest, place, shown.high) }]
    }),
  )
}

function ledgerPoints(burn: Burn, place: number): Point[] {
  return burn.digests.flatMap((digest, step) => {
    const sale = saleOf(burn.record, digest, place)
    if (sale === undefined || sale.sold === null) return []
    const x = burn.timeline.starts[step]! + (digest.buckets.length * digest.bucketMs) / 1_000
    return [{ x, y: heightOf(burn, digest, place, sale.initial - sale.sold) }]
  })
}

function momentsOf(series: readonly Series[]): number[] {
  const moments = series.flatMap(({ points }) => points.filter(({ y }) => y !== null).map(({ x }) => x))
  return [...new Set(moments)].sort((a, b) => a - b)
}

function valueAt({ points }: Series, at: number, format: (value: number) => string): string {
  const y = points.find((point) => point.x === at && point.y !== null)?.y
  return y === undefined || y === null ? '' : format(y)
}

function mostSales({ steps }: RunRecord): number {
  return steps.reduce((most, { sales }) => Math.max(most, sales.length), 0)
}

/** Places of SKUs within their steps: a SKU may have another name in each. The worst first, then those that sold most. */
function drawnPlaces(record: RunRecord): number[] {
  const places = Array.from({ length: mostSales(record) }, (_, place) => place)
  const skuAt = (step: number, place: number): string | undefined =>
    record.steps.find(({ index }) => index === step)?.sales[place]?.sku
  const failures = (place: number): number =>
    record.checks.filter(({ verdict, step, sku }) => verdict === 'fail' && skuAt(step, place) === sku).length
  const sold = (place: number): number => record.steps.reduce((sum, { sales }) => sum + (sales[place]?.sold ?? 0), 0)
  return places.sort((a, b) => failures(b) - failures(a) || sold(b) - sold(a)).slice(0, MOST_SALES)
}

/** What the ledger says, of all sales: the picture shows how it came about. */
function sentenceOf({ record }: Burn): string {
  const sales = record.steps.flatMap((step) => step.sales)
  const oversold = sales.filter(({ sold, initial }) => sold !== null && sold > initial)
  const unread = sales.filter(({ sold }) => sold === null).length
  const doubt = unread === 0 ? '' : ` The ledger of ${formatQuantity(unread, 'sale')} could not be read.`
  if (oversold.length === 0) {
    const words =
      sales.length === 1
        ? rightWords(sales[0]!)
        : `No ledger of ${formatQuantity(sales.length, 'sale')} holds more sold than there was`
    return `${words}.${doubt}`
  }
  const named = oversold.slice(0, MOST_NAMED).map(overWords)
  const more = oversold.length > MOST_NAMED ? `; and ${oversold.length - MOST_NAMED} more sales` : ''
  return `${named.join('; ')}${more}.${doubt}`
}

function rightWords({ initial, sold }: SaleFigures): string {
  const opened = `The sale opened with ${formatQuantity(initial, 'unit')}`
  return sold === null ? opened : `${opened}; its ledger holds ${formatCount(sold)} sold`
}

function overWords({ sku, initial, sold }: SaleFigures): string {
  return `${sku} opened with ${formatQuantity(initial, 'unit')}, and its ledger holds ${formatCount(sold!)} sold: ${formatCount(sold! - initial)} too many`
}
