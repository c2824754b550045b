/**
 * `npm run matrix`: prints the table strategy x instances x scenario, and with `--write` puts it into docs/matrix.md.
 * Some ten seconds a cell.
 */
import { parseArgs } from 'node:util'
import { readScenario } from '../../cli/scenario-source.ts'
import { readCatalogue } from '../../run/target-process.ts'
import { writeBlock } from '../document.ts'
import { renderMatrix } from './matrix-table.ts'
import { runMatrix } from './run-matrix.ts'

/** Controls are left out but for these two, whose rows show what a wrong one looks like. */
const SHOWN_CONTROLS = ['naive', 'mutex']
const SCENARIOS = ['spike', 'double-click', 'bots', 'browse-and-buy']
const INSTANCES = [1, 2, 4]

const { values } = parseArgs({
  options: {
    strategies: { type: 'string' },
    scenarios: { type: 'string', default: SCENARIOS.join(',') },
    instances: { type: 'string', default: INSTANCES.join(',') },
    duration: { type: 'string', default: '5s' },
    write: { type: 'boolean', default: false },
  },
})

const interruption = new AbortController()
process.once('SIGINT', () => interruption.abort())

const { strategies } = await readCatalogue()
const named = values.strategies?.split(',')
const cells = await runMatrix({
  strategies: strategies.filter(
    ({ name, control }) => named?.includes(name) ?? (!control || SHOWN_CONTROLS.includes(name)),
  ),
  scenarios: values.scenarios.split(',').map((name) => readScenario(name, { duration: values.duration })),
  instances: values.instances.split(',').map(Number),
  signal: interruption.signal,
  onCell: ({ strategy, instances, scenario }, position, of) => {
    process.stderr.write(`${position + 1} of ${of}: ${strategy} x ${instances}, ${scenario}\n`)
  },
})
const table = renderMatrix(cells)
process.stdout.write(`${table}\n`)
if (values.write && !interruption.signal.aborted) await writeBlock('docs/matrix.md', 'matrix', table)
