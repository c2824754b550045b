/** What the metrics cost, from pairs of measurements with them and without. Pure. */
import { median } from '../engine/arrival-figures.ts'
import type { CountingFigures } from './metrics-alone.ts'

export interface Measured {
  readonly planned: number
  /** Those that reached the server: what it could not answer in time cost it as much. */
  readonly sent: number
  readonly answered: number
  /** Of the server. */
  readonly cpuSeconds: number
  readonly scrapes: number
}

export interface Pair {
  readonly on: Measured
  readonly off: Measured
}

export function metricsTable(
  pairs: readonly Pair[],
  counting: CountingFigures,
  { strategy, ratePerSec }: { readonly strategy: string; readonly ratePerSec: number },
): string {
  const all = pairs.flatMap(({ on, off }) => [on, off])
  const answered = median(all.map((one) => one.answered / one.planned)) * 100
  const costs = pairs.map(({ on, off }) => (perRequestUs(on) / perRequestUs(off) - 1) * 100).sort((a, b) => a - b)
  const scrapes = median(pairs.map(({ on }) => on.scrapes))
  const without = median(pairs.map(({ off }) => perRequestUs(off)))
  // One scrape a second.
  const countingUs = counting.perBuyUs + (counting.perScrapeMs * 1_000) / ratePerSec
  const row = (name: string, of: readonly Measured[]): string =>
    `${name.padEnd(40)}${median(of.map(perRequestUs)).toFixed(2).padStart(8)} us\n`
  return [
    `${strategy} at ${ratePerSec.toLocaleString('en')}/s (${answered.toFixed(1)} % answered): `,
    `CPU of the server a request; medians of ${pairs.length}\n`,
    row(
      'without metrics',
      pairs.map(({ off }) => off),
    ),
    row(
      `with metrics, ${scrapes} scrapes`,
      pairs.map(({ on }) => on),
    ),
    `${'what they cost'.padEnd(40)}${median(costs).toFixed(2).padStart(8)} %`,
    `   (pairs: ${costs.map((cost) => cost.toFixed(1)).join(', ')})\n`,
    `${'the counting by itself'.padEnd(40)}${countingUs.toFixed(2).padStart(8)} us, `,
    `${((countingUs / without) * 100).toFixed(2)} %   (${counting.perBuyUs.toFixed(3)} us a buy, `,
    `${counting.perScrapeMs.toFixed(2)} ms a scrape, one a second)\n`,
  ].join('')
}

function perRequestUs({ cpuSeconds, sent }: Measured): number {
  return (cpuSeconds / sent) * 1e6
}
