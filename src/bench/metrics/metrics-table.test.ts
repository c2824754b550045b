import { expect, it } from 'vitest'
import { metricsTable } from './metrics-table.ts'

const measured = (cpuSeconds: number, scrapes = 0) => ({
  planned: 2_000,
  sent: 1_000,
  answered: 900,
  cpuSeconds,
  scrapes,
})

it('compares the two of a pair, and takes the median of the pairs', () => {
  const pairs = [
    { on: measured(0.102, 5), off: measured(0.1) },
    { on: measured(0.201, 6), off: measured(0.2) },
    { on: measured(0.11, 6), off: measured(0.1) },
  ]
  const counting = { perBuyUs: 0.1, perScrapeMs: 1.28 }
  expect(metricsTable(pairs, counting, { strategy: 'redis-lua', ratePerSec: 12_800 })).toBe(
    [
      'redis-lua at 12,800/s (45.0 % answered): CPU of the server a request; medians of 3',
      'without metrics                           100.00 us',
      'with metrics, 6 scrapes                   110.00 us',
      'what they cost                              2.00 %   (pairs: 0.5, 2.0, 10.0)',
      'the counting by itself                      0.20 us, 0.20 %   (0.100 us a buy, 1.28 ms a scrape, one a second)\n',
    ].join('\n'),
  )
})
