/** `doorbuster conformance`: the suite that every strategy has to pass, on one of the server's own or somebody else's. */
import { Command } from 'commander'
import pc from 'picocolors'
import { exitCodeOf } from '../../core/exit-codes.ts'
import { formatQuantity } from '../../core/units.ts'
import type { CaseResult } from '../../run/check-conformance.ts'
import type { ServiceSettings, ServicesMode } from '../../services/service.ts'
import type { CommandContext } from '../command-context.ts'
import { appendfsyncOption, instancesOption, jsonOption, servicesOption, synchronousCommitOption } from '../options.ts'
import { chooseStrategy } from '../strategy-choice.ts'

interface ConformanceCommandOptions extends ServiceSettings {
  readonly instances: number
  readonly services: ServicesMode
  readonly json?: true
}

export function conformanceCommand(context: CommandContext): Command {
  const { terminal } = context
  return new Command('conformance')
    .description('run the conformance suite on a strategy: what every one has to do')
    .argument('<strategy>', 'a name (see `doorbuster list strategies`) or the path of a module, such as ./mine.ts')
    .addOption(instancesOption())
    .addOption(servicesOption())
    .addOption(synchronousCommitOption())
    .addOption(appendfsyncOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  doorbuster conformance atomic-update\n')
    .action(async (nameOrPath: string, options: ConformanceCommandOptions) => {
      terminal.quiet = options.json === true
      const { description, module } = await chooseStrategy(nameOrPath)
      const { checkConformance } = await import('../../run/check-conformance.ts')
      const report = await checkConformance({
        strategy: description,
        strategyModule: module,
        instances: options.instances,
        servicesMode: options.services,
        settings: { synchronousCommit: options.synchronousCommit, appendfsync: options.appendfsync },
        signal: context.signal,
        env: context.env,
        ...(!options.json && { onCase: (result) => terminal.print(caseLines(result, terminal.color)) }),
      })
      const failed = report.cases.filter(({ verdict }) => verdict === 'fail').length
      const exitCode = exitCodeOf(failed === 0 ? 'passed' : 'wrong')
      if (options.json) terminal.print(JSON.stringify({ ...report, exitCode }))
      else {
        if (report.serverSaid !== '') terminal.say(`the server said:\n${report.serverSaid}`)
        terminal.print(`\n${closingLine(report.strategy, report.cases.length, failed)}`)
      }
      context.leaveWith(exitCode)
    })
}

function caseLines({ name, verdict, why }: CaseResult, color: boolean): string {
  const colors = pc.createColors(color)
  if (verdict === 'pass') return `${colors.green('✓')} ${name}`
  return `${colors.red('✗')} ${colors.bold(name)}\n    ${why ?? ''}`
}

function closingLine(strategy: string, cases: number, failed: number): string {
  if (failed === 0) return `${strategy} does what every strategy has to do: ${formatQuantity(cases, 'case')} passed`
  return `${strategy} failed ${failed} of ${formatQuantity(cases, 'case')}`
}
