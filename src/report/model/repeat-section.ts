/** Where it ran, and how it is run and judged again. */
import type { RunEnvironment, RunRecord, RunTarget } from '../../core/run-record.ts'
import { formatReadsPromise } from '../../core/promise.ts'
import { formatQuantity } from '../../core/units.ts'
import { type Block, type Command, row, type Section, tableBlock, text } from './page.ts'

const BYTES_PER_GB = 1e9

const NO_COMMAND =
  'No single command makes this run again: it was one of several that a comparison, a gate, a measurement or a program made.'

export function repeatSection(record: RunRecord, commands: readonly Command[]): Section {
  const { environment, seed, engine, target, runId, startedAt, finishedAt, scenario } = record
  const facts = [
    ['run', runId],
    ['began, ended', `${startedAt} to ${finishedAt ?? 'not yet'}`],
    ['scenario', `${scenario.name}, seed ${seed}`],
    ...targetFacts(target),
    ['engine', `${engine.name} ${engine.version}, ${engine.model} model, ${formatQuantity(engine.workers, 'worker')}`],
    ...environmentFacts(environment),
  ]
  return {
    id: 'repeat',
    title: 'Environment, and how to repeat it',
    lead: 'The seed fixes moments, users, quantities and kinds of the requests.',
    blocks: [
      ...(record.command === undefined ? [text(NO_COMMAND)] : []),
      { kind: 'commands', commands },
      tableBlock(
        'Environment',
        ['', ''],
        facts.map((fact) => row(fact)),
      ),
      ...settingsBlocks(environment),
    ],
  }
}

/** Of what is made of several runs. `commands`: none where its record does not say by which it was made. */
export function repeatWholeSection({
  facts,
  environment,
  commands,
  lead = '',
}: {
  readonly facts: readonly (readonly string[])[]
  readonly environment: RunEnvironment | null
  readonly commands: readonly Command[]
  readonly lead?: string
}): Section {
  const all = [...facts, ...(environment === null ? [] : environmentFacts(environment))]
  return {
    id: 'repeat',
    title: 'Environment, and how to repeat it',
    lead,
    blocks: [
      commands.length === 0
        ? text('By which command it was made is not known: its record does not say.')
        : { kind: 'commands', commands },
      tableBlock(
        'Environment',
        ['', ''],
        all.map((fact) => row(fact)),
      ),
      ...(environment === null ? [] : settingsBlocks(environment)),
    ],
  }
}

function targetFacts(target: RunTarget): string[][] {
  const { reads, sellsThrough } = target.promise
  const promise = ['promises', `reads ${formatReadsPromise(reads)}${sellsThrough ? '; sells through' : ''}`]
  if (target.kind === 'service') {
    return [['target', `${target.name}, ${target.url}`], promise, ['"sold" means', target.soldMeans]]
  }
  const { strategy, summary, instances, durableWhen } = target
  return [
    ['strategy', `${strategy}: ${summary}`],
    ['processes', String(instances)],
    promise,
    ['durable when', durableWhen],
  ]
}

function environmentFacts({ cpuModel, cores, memoryBytes, os, node, doorbuster }: RunEnvironment): string[][] {
  return [
    ['machine', `${cores} × ${cpuModel}, ${(memoryBytes / BYTES_PER_GB).toFixed(1)} GB, ${os}`],
    ['software', `doorbuster ${doorbuster}, Node ${node}`],
  ]
}

function settingsBlocks({ services }: RunEnvironment): Block[] {
  const stores = Object.entries(services)
  if (stores.length === 0) return []
  const rows = stores.map(([name, { provider, version, settings }]) =>
    row([
      name,
      `${version} (${provider})`,
      Object.entries(settings)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    ]),
  )
  return [tableBlock('Stores', ['store', 'version', 'settings'], rows)]
}
