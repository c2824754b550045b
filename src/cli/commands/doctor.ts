/** `doorbuster doctor`: what this machine has, what is missing, and how to get it. */
import { Command } from 'commander'
import pc from 'picocolors'
import { exitCodeOf } from '../../core/exit-codes.ts'
import type { ServiceDiagnosis } from '../../services/index.ts'
import { jsonOption } from '../options.ts'
import type { CommandContext } from '../command-context.ts'

export function doctorCommand(context: CommandContext): Command {
  const { terminal, env } = context
  return new Command('doctor')
    .description('show where Postgres and Redis can come from on this machine, and what is missing')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  doorbuster doctor\n')
    .action(async (options: { json?: true }) => {
      const { diagnoseServices } = await import('../../services/index.ts')
      const diagnoses = await diagnoseServices(env)
      const usable = ['postgres', 'redis'].every((store) =>
        diagnoses.some((d) => d.store === store && d.chosenByAuto && d.found),
      )
      const exitCode = exitCodeOf(usable ? 'passed' : 'environment')
      terminal.print(
        options.json
          ? JSON.stringify({ exitCode, node: process.version, services: diagnoses })
          : render(diagnoses, terminal.color),
      )
      context.leaveWith(exitCode)
    })
}

function render(diagnoses: readonly ServiceDiagnosis[], color: boolean): string {
  const colors = pc.createColors(color)
  const lines = [`node      ${process.version}`]
  for (const diagnosis of diagnoses) {
    const name = `${diagnosis.store.padEnd(9)} ${diagnosis.provider.padEnd(9)}`
    if (diagnosis.found) {
      const chosen = diagnosis.chosenByAuto ? colors.green('  <- taken by --services auto') : ''
      lines.push(`${name} ${diagnosis.version}  ${colors.dim(diagnosis.where)}${chosen}`)
    } else lines.push(`${name} ${colors.yellow('missing')}: ${diagnosis.missing}`)
  }
  return [...lines, ...remediesOf(diagnoses)].join('\n')
}

/** For a store that no provider has; the same advice is given once. */
function remediesOf(diagnoses: readonly ServiceDiagnosis[]): string[] {
  const lacking = diagnoses.filter(({ store }) => !diagnoses.some((d) => d.store === store && d.found))
  const remedies = new Set(lacking.map((diagnosis) => (diagnosis.found ? '' : diagnosis.remedy)))
  return [...remedies].filter((remedy) => remedy !== '').flatMap((remedy) => ['', remedy])
}
