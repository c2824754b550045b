/** `doorbuster export`: a stored run as lines for other programs, and for `verify` and `watch`. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { exitCodeOf } from '../../core/exit-codes.ts'
import { atItsOwnPace, exportRun } from '../../run/export-run.ts'
import type { CommandContext } from '../command-context.ts'
import { integerAtLeast } from '../options.ts'

interface ExportCommandOptions {
  readonly ledger?: true
  readonly step?: number
  readonly pace?: true
}

const EXAMPLES = `
Examples:
  doorbuster export results/20260314T150926Z-smoke-naive > history.ndjson
  doorbuster export results/20260314T150926Z-smoke-naive --ledger > orders.ndjson
  doorbuster export results/20260314T150926Z-smoke-naive --pace | doorbuster watch
`

export function exportCommand(context: CommandContext): Command {
  return new Command('export')
    .description('print the history of a stored run as NDJSON, in the order in which requests were completed')
    .argument('<rundir>', 'folder of a run')
    .option('--ledger', 'the orders in its ledger in place of its history')
    .option('--step <n>', 'of one step alone, from 1', integerAtLeast(1))
    .option('--pace', 'print each line when it would have come, as the sale went on')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string, { ledger, step, pace }: ExportCommandOptions) => {
      const { terminal, signal } = context
      const batches = exportRun(directory, {
        what: ledger === true ? 'ledger' : 'history',
        step: step ?? null,
        onNote: (sentence) => terminal.say(`note: ${sentence}`),
      })
      const clock = {
        nowMs: () => performance.now(),
        waitMs: (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined),
      }
      for await (const lines of pace === true ? atItsOwnPace(batches, clock) : batches) {
        if (signal.aborted) break
        terminal.print(lines.join('\n'))
        await terminal.drained()
      }
      // What was printed is not all of it.
      if (signal.aborted) context.leaveWith(exitCodeOf('interrupted'))
    })
}
