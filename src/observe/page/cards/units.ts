/** Stock that burns down: what is left of it and what was sold. Below zero it is oversold. */
import type { SaleTelemetry } from '../../../core/telemetry.ts'
import { formatCount } from '../../../core/units.ts'
import { type Card, type Line, row, type Row, tableOf } from '../card.ts'
import { secondsInto, type Told } from '../told.ts'

const MOST_LINES = 4
const MOST_ROWS = 5

export function unitsCard(told: Told): Card {
  const present = presentSales(told.last.sales)
  const isOne = present.length === 1
  return {
    id: 'stock',
    title: 'Stock',
    note: told.last.source.kind === 'watch' ? 'units; by what the lines say' : 'units; by the ledger once it is read',
    chart: {
      description: 'Units left, and sold, over time',
      lines: isOne
        ? [leftOf(told, present[0]!, 'left'), soldOf(told, present[0]!)]
        : present.slice(0, MOST_LINES).map((sale) => leftOf(told, sale, `${sale.sku} left`)),
      marks: [{ y: 0, label: '' }],
      scale: 'linear',
      format: formatCount,
      seconds: told.seconds,
      steps: told.steps,
    },
    table: tableOf(
      ['SKU', 'stock', 'sold', 'over', 'lost', 'unknown'],
      [...wrongBefore(told.last.sales), ...present].map((sale) => rowOf(sale, sale.step < latest(told.last.sales))),
      MOST_ROWS,
    ),
    empty: 'No sale has begun.',
  }
}

/** Those of the step that is on, the worst first, then those with least left. */
function presentSales(sales: readonly SaleTelemetry[]): SaleTelemetry[] {
  return ofLatestStep(sales).sort(worstFirst)
}

function ofLatestStep(sales: readonly SaleTelemetry[]): SaleTelemetry[] {
  const step = latest(sales)
  return sales.filter((sale) => sale.step === step)
}

function wrongBefore(sales: readonly SaleTelemetry[]): SaleTelemetry[] {
  return sales
    .filter((sale) => sale.step < latest(sales) && isWrong(sale))
    .sort(worstFirst)
    .slice(0, 2)
}

function latest(sales: readonly SaleTelemetry[]): number {
  return sales.reduce((highest, { step }) => Math.max(highest, step), 0)
}

function worstFirst(one: SaleTelemetry, other: SaleTelemetry): number {
  const byFault = other.oversold + (other.lost ?? 0) - (one.oversold + (one.lost ?? 0))
  return byFault || one.stock - one.sold - (other.stock - other.sold) || one.sku.localeCompare(other.sku)
}

function isWrong({ oversold, lost }: SaleTelemetry): boolean {
  return oversold > 0 || (lost ?? 0) > 0
}

function rowOf(sale: SaleTelemetry, isBefore: boolean): Row {
  const { sku, step, stock, sold, oversold, lost, unknown } = sale
  const name = isBefore ? `${sku} (step ${step})` : sku
  const counts = [stock, sold, oversold].map(formatCount)
  const rest = [lost === null ? '–' : formatCount(lost), formatCount(unknown)]
  return row([name, ...counts, ...rest], isWrong(sale) ? 'bad' : 'plain')
}

function leftOf(told: Told, sale: SaleTelemetry, name: string): Line {
  return lineOf(told, sale, name, ({ stock, sold }) => stock - sold)
}

function soldOf(told: Told, sale: SaleTelemetry): Line {
  return lineOf(told, sale, 'sold', ({ sold }) => sold)
}

/** Through all steps, by its place in each: a SKU may have another name in each step. */
function lineOf(
  { looks, ...told }: Told,
  sale: SaleTelemetry,
  name: string,
  of: (sale: SaleTelemetry) => number,
): Line {
  const place = ofLatestStep(told.last.sales).indexOf(sale)
  const points = looks.map((look) => {
    const then = ofLatestStep(look.sales)[place]
    return { x: secondsInto({ looks }, look), y: then === undefined ? null : of(then) }
  })
  const now = points.at(-1)?.y ?? null
  return { name, value: now === null ? '' : formatCount(now), points }
}
