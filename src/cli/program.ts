/**
 * The commands and their options, in one place, so that `--help` is the contract. What runs a sale is loaded by the
 * commands that run one: clients of stores and the engine would take memory that a history could have.
 */
import { Command } from 'commander'
import { EXIT_CODES } from '../core/exit-codes.ts'
import { packageVersion } from '../run/environment.ts'
import { capacityCommand } from './commands/capacity.ts'
import { compareCommand } from './commands/compare.ts'
import { conformanceCommand } from './commands/conformance.ts'
import { demoCommand } from './commands/demo.ts'
import { doctorCommand } from './commands/doctor.ts'
import { exportCommand } from './commands/export.ts'
import { gateCommand } from './commands/gate.ts'
import { initCommand } from './commands/init.ts'
import { k6Command } from './commands/k6.ts'
import { listCommand } from './commands/list.ts'
import { observeCommand } from './commands/observe.ts'
import { raceCommand } from './commands/race.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { serveCommand } from './commands/serve.ts'
import { verifyCommand } from './commands/verify.ts'
import { watchCommand } from './commands/watch.ts'
import type { CommandContext } from './command-context.ts'

export function createProgram(context: CommandContext): Command {
  const program = new Command('doorbuster')
    .description(
      'Flash-sale load testing that ends in a verdict: was anything oversold, lost, doubled or wrongly refused?',
    )
    .version(packageVersion())
    .addHelpText('after', exitCodeHelp())
    .exitOverride()
  for (const create of [
    demoCommand,
    runCommand,
    capacityCommand,
    compareCommand,
    observeCommand,
    reportCommand,
    verifyCommand,
    watchCommand,
    exportCommand,
    gateCommand,
    raceCommand,
    conformanceCommand,
    initCommand,
    listCommand,
    k6Command,
    serveCommand,
    doctorCommand,
  ]) {
    program.addCommand(create(context).exitOverride().showHelpAfterError('(--help shows the options and an example)'))
  }
  return program
}

function exitCodeHelp(): string {
  const lines = Object.values(EXIT_CODES).map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`)
  return `\nExit codes:\n${lines.join('\n')}\n`
}
