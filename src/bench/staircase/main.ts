/**
 * `npm run bench:staircase`: the scenario staircase-12800 with every strategy, one after the other, as a table: what each
 * carried, at what rate it saturated, and whether it was right. `--write` puts it into the README. A minute a strategy.
 */
import { parseArgs } from 'node:util'
import { readScenario } from '../../cli/scenario-source.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { readCatalogue } from '../../run/target-process.ts'
import { machineLine, writeBlock } from '../document.ts'
import { runForBench } from '../run-for-bench.ts'
import { climbOf, renderStaircase } from './staircase-table.ts'

const SCENARIO = 'staircase-12800'
/** Controls are left out but for the one that a popular article describes. */
const SHOWN_CONTROL = 'article-literal'

const { values } = parseArgs({
  options: { strategies: { type: 'string' }, write: { type: 'boolean', default: false } },
})

const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort())

const { strategies } = await readCatalogue()
const named = values.strategies?.split(',')
const climbers = strategies.filter(({ name, control }) => named?.includes(name) ?? (!control || name === SHOWN_CONTROL))
const records: RunRecord[] = []
for (const [position, strategy] of climbers.entries()) {
  process.stderr.write(`${position + 1} of ${climbers.length}: ${strategy.name}\n`)
  const record = await runForBench({ scenario: readScenario(SCENARIO, {}), strategy, signal: interruption.signal })
  if (interruption.signal.aborted) break
  records.push(record)
}
if (records.length > 0) {
  // Only some strategies need both stores: the machine is described by one that had them.
  const fullest = records.toSorted((a, b) => storesOf(b) - storesOf(a))[0]!
  const text = `${renderStaircase(records.map(climbOf))}\n\n${machineLine(fullest.environment, new Date())}\n`
  process.stdout.write(text)
  if (values.write && !interruption.signal.aborted) await writeBlock('README.md', 'staircase', text)
}

function storesOf({ environment }: RunRecord): number {
  return Object.keys(environment.services).length
}
