/** `doorbuster verify`: judges a stored run again, or a history that anything recorded. */
import { Command, Option } from 'commander'
import { HarnessError } from '../../core/errors.ts'
import { exitCodeOf } from '../../core/exit-codes.ts'
import type { LedgerSnapshot } from '../../core/ledger.ts'
import type { ReadsPromise } from '../../core/promise.ts'
import { renderChecks, renderVerdict } from '../../report/index.ts'
import { verifyHistory } from '../../run/verify-history.ts'
import { verifyRun } from '../../run/verify-run.ts'
import { collect, integerAtLeast, jsonOption, nonNegativeNumber, readsPromise, wholeNumber } from '../options.ts'
import type { CommandContext } from '../command-context.ts'
import { readDescriptor } from '../descriptor-source.ts'

interface VerifyCommandOptions {
  readonly history?: string
  readonly ledger?: string
  readonly ledgerFrom?: string
  readonly sku?: readonly string[]
  readonly initialStock?: number | undefined
  readonly perUserLimit?: number | undefined
  readonly remainingStock?: number
  readonly reads: ReadsPromise
  readonly clockError: number
  readonly json?: true
}

const EXAMPLES = `
Examples:
  doorbuster verify results/20260314T150926Z-smoke-naive
  doorbuster verify --history sale.ndjson --initial-stock 100 --ledger orders.ndjson
  doorbuster verify --ledger-from my-shop.yaml --sku red-42 --initial-stock 100

Lines of a history (times in ms; docs/judge-a-history.md has every key):
  {"op":"buy","requestId":"r1","userId":"u7","quantity":1,"invokedAt":0,"completedAt":3.5,"outcome":"sold","orderId":"o1"}
  {"op":"read","invokedAt":1,"completedAt":1.7,"value":99}
  {"op":"open","sku":"red-42","stock":100,"perUserLimit":2,"opensAt":0,"closesAt":60000}
A line of a ledger:
  {"orderId":"o1","requestId":"r1","userId":"u7","quantity":1}
`

export function verifyCommand(context: CommandContext): Command {
  return new Command('verify')
    .description('judge a stored run again, or a history recorded by anything')
    .argument('[rundir]', 'folder of a run')
    .option('--history <file>', 'operations, one JSON object a line')
    .option('--ledger <file>', 'orders that really exist, one JSON object a line')
    .option('--ledger-from <file>', 'the same, read now from where the descriptor of a target says')
    .option('--sku <sku>', 'what was sold, for --ledger-from; may be repeated', collect)
    .option('--initial-stock <n>', 'units at the opening', integerAtLeast(0))
    .option('--remaining-stock <n>', 'units left at the end; may be below zero', wholeNumber)
    .option('--per-user-limit <n>', 'units that one user may have', integerAtLeast(1))
    .addOption(
      new Option('--reads <promise>', 'linearizable, stale:<duration>, or advisory')
        .argParser(readsPromise)
        .default({ kind: 'linearizable' }, 'linearizable'),
    )
    .option('--clock-error <ms>', 'by how much the clocks of the recorders may differ', nonNegativeNumber, 0)
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string | undefined, options: VerifyCommandOptions, command: Command) => {
      const isRecorded = options.history !== undefined || options.ledgerFrom !== undefined
      if ((directory === undefined) !== isRecorded) {
        throw new HarnessError('USAGE', {
          message: 'verify takes either the folder of a run, or --history FILE or --ledger-from FILE',
          hint: 'doorbuster verify results/<run>, or doorbuster verify --history FILE.ndjson --initial-stock N',
        })
      }
      if (directory !== undefined) {
        refuseHistoryOptions(command)
        await judgeRun(context, directory, options)
      } else await judgeHistory(context, await withLedger(context, options, command))
    })
}

const HISTORY_OPTIONS = [
  'ledger',
  'sku',
  'initialStock',
  'remainingStock',
  'perUserLimit',
  'reads',
  'clockError',
] as const

/** A stored run knows its own stock, limit and promise: an option that went unheard would be taken for heard. */
function refuseHistoryOptions(command: Command): void {
  const given = command.options
    .filter((option) => (HISTORY_OPTIONS as readonly string[]).includes(option.attributeName()))
    .filter((option) => command.getOptionValueSource(option.attributeName()) === 'cli')
    .map((option) => option.long)
  if (given.length === 0) return
  throw new HarnessError('USAGE', {
    message: `${given.join(', ')} can't be used with the folder of a run, which holds its own`,
    hint: 'They belong to --history FILE.',
  })
}

async function judgeRun(context: CommandContext, directory: string, options: VerifyCommandOptions): Promise<void> {
  const { terminal } = context
  const { record, differences, notes } = await verifyRun(directory)
  if (options.json) terminal.print(JSON.stringify(record))
  else terminal.print(renderVerdict(record, { color: terminal.color, width: terminal.width, directory }))
  for (const line of [...notes, ...differences]) terminal.say(line)
  context.leaveWith(record.exitCode!)
}

/** The options with what a descriptor adds to them. */
interface JudgedFiles extends VerifyCommandOptions {
  /** null: no descriptor. */
  readonly read: readonly LedgerSnapshot[] | null
  readonly sellsThrough?: boolean
  readonly shared?: boolean
}

async function withLedger(
  { env }: CommandContext,
  options: VerifyCommandOptions,
  command: Command,
): Promise<JudgedFiles> {
  const { ledgerFrom, ledger, sku } = options
  if (ledgerFrom === undefined) {
    if (sku !== undefined) throw new HarnessError('USAGE', { message: '--sku says nothing without --ledger-from' })
    return { ...options, read: null }
  }
  if (ledger !== undefined) {
    throw new HarnessError('USAGE', { message: 'either --ledger or --ledger-from, and not both' })
  }
  const { descriptor } = readDescriptor(ledgerFrom)
  const skus = sku ?? descriptor.skus ?? []
  if (skus.length === 0) {
    throw new HarnessError('USAGE', {
      message: `${ledgerFrom} names no SKUs: the ledger of which one?`,
      hint: 'Say it with --sku.',
    })
  }
  const { readLedgerFrom } = await import('../../run/ledger-from.ts')
  const read = await readLedgerFrom(descriptor, skus, env)
  const isSaid = command.getOptionValueSource('reads') === 'cli'
  return {
    ...options,
    read,
    initialStock: options.initialStock ?? descriptor.initialStock ?? undefined,
    reads: isSaid ? options.reads : descriptor.promise.reads,
    perUserLimit: options.perUserLimit ?? descriptor.perUserLimit ?? undefined,
    sellsThrough: descriptor.promise.sellsThrough,
    shared: descriptor.shared,
  }
}

async function judgeHistory(context: CommandContext, options: JudgedFiles): Promise<void> {
  const { terminal } = context
  const { checks, verdict } = await verifyHistory({
    historyPath: options.history ?? null,
    ledger: options.ledger ?? options.read,
    initialStock: options.initialStock ?? null,
    remainingStock: options.remainingStock ?? null,
    perUserLimit: options.perUserLimit ?? null,
    reads: options.reads,
    sellsThrough: options.sellsThrough ?? false,
    shared: options.shared ?? false,
    clockErrorMs: options.clockError,
  })
  const exitCode = exitCodeOf(verdict)
  terminal.print(
    options.json
      ? JSON.stringify({ schema: 'doorbuster.verification/1', verdict, exitCode, checks })
      : renderChecks(checks, verdict, { color: terminal.color, width: terminal.width }),
  )
  context.leaveWith(exitCode)
}
