/**
 * `npm run bench:claim`: whether 12,800 requests a second are carried with a mean below 42 ms and nothing oversold, by
 * design and by how much there is to sell. `--write` puts the table into docs/the-claim.md. Some fifteen minutes.
 */
import { parseArgs } from 'node:util'
import { readScenario } from '../../cli/scenario-source.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { readCatalogue } from '../../run/target-process.ts'
import { machineLine, writeBlock } from '../document.ts'
import { runForBench } from '../run-for-bench.ts'
import { renderClaim } from './claim-table.ts'

/** From few that get a unit to all of them. */
const SCENARIOS = ['crumbs', 'flat-12800', 'all-sell']
/** What the claim names first, then what it stands for, then the others. */
const STRATEGIES = ['double-delete', 'article-literal', 'optimistic', 'atomic-update', 'batched', 'redis-lua']

const { values } = parseArgs({
  options: {
    strategies: { type: 'string', default: STRATEGIES.join(',') },
    scenarios: { type: 'string', default: SCENARIOS.join(',') },
    write: { type: 'boolean', default: false },
  },
})
const names = { strategies: values.strategies.split(','), scenarios: values.scenarios.split(',') }

const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort())

const { strategies } = await readCatalogue()
const runs: RunRecord[] = []
for (const name of names.scenarios) {
  for (const strategy of strategies.filter((strategy) => names.strategies.includes(strategy.name))) {
    if (interruption.signal.aborted) break
    process.stderr.write(`${name}, ${strategy.name}\n`)
    runs.push(await runForBench({ scenario: readScenario(name, {}), strategy, signal: interruption.signal }))
  }
}
if (!interruption.signal.aborted) {
  const environment = runs.find((run) => run.environment.services.redis !== undefined)?.environment
  const machine = machineLine(environment ?? runs[0]!.environment, new Date())
  const text = `${renderClaim(runs, names)}\n\n${machine}\n`
  process.stdout.write(text)
  if (values.write) await writeBlock('docs/the-claim.md', 'claim', text)
}
