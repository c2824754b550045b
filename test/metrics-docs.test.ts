/** docs/metrics.md has the table of the metrics as the code has it. `vitest run --update=true` of this file puts it there. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { markdownTable, withBlock } from '../src/bench/document.ts'
import { METRIC_TABLE, type MetricDescription } from '../src/core/metric-table.ts'

const DOCUMENT = new URL('../docs/metrics.md', import.meta.url)

it('docs/metrics.md has exactly the metrics of the table', async () => {
  const document = readFileSync(DOCUMENT, 'utf8')
  await expect(withBlock(document, 'metrics', table())).toMatchFileSnapshot(DOCUMENT.pathname)
})

function table(): string {
  const metrics: readonly (readonly [string, MetricDescription])[] = Object.entries(METRIC_TABLE)
  return markdownTable(
    ['metric', 'type', 'labels', 'of', 'meaning'],
    metrics.map(([name, { type, labels, of, help }]) => [
      `\`${name}\``,
      type,
      labels.map((label) => `\`${label}\``).join(', '),
      of.join(', '),
      help,
    ]),
  )
}
