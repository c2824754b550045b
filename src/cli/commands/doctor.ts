/** `doorbuster doctor`: what this machine has, what is missing, and how to get it. */
import { Command } from 'commander'
import pc from 'picocolors'
import { HarnessError } from '../../core/errors.ts'
import { exitCodeOf } from '../../core/exit-codes.ts'
import type { ServiceDiagnosis } from '../../services/index.ts'
import { jsonOption } from '../options.ts'
import type { CommandContext } from '../command-context.ts'

export function doctorCommand(context: CommandContext): Command {
  const { terminal, env } = context
  return new Command('doctor')
    .description('show where Postgres, Redis and k6 can come from on this machine, and what is missing')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  doorbuster doctor\n')
    .action(async (options: { json?: true }) => {
      const { diagnoseServices } = await import('../../services/index.ts')
      const diagnoses = await diagnoseServices(env)
      const k6 = await diagnoseK6(env)
      const usable = ['postgres', 'redis'].every((store) =>
        diagnoses.some((d) => d.store === store && d.chosenByAuto && d.found),
      )
      const exitCode = exitCodeOf(usable ? 'passed' : 'environment')
      terminal.print(
        options.json
          ? JSON.stringify({ exitCode, node: process.version, services: diagnoses, k6 })
          : render(diagnoses, k6, terminal.color),
      )
      context.leaveWith(exitCode)
    })
}

/** Optional: a machine without it lacks one engine of three. */
type K6Diagnosis =
  | { readonly found: true; readonly version: string; readonly where: string }
  | { readonly found: false; readonly missing: string; readonly remedy: string }

async function diagnoseK6(env: CommandContext['env']): Promise<K6Diagnosis> {
  const { findK6 } = await import('../../load/k6/find-k6.ts')
  try {
    const { version, path } = findK6(env)
    return { found: true, version, where: path }
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    return { found: false, missing: error.message, remedy: error.hint ?? '' }
  }
}

function render(diagnoses: readonly ServiceDiagnosis[], k6: K6Diagnosis, color: boolean): string {
  const colors = pc.createColors(color)
  const lines = [`node      ${process.version}`]
  for (const diagnosis of diagnoses) {
    const name = `${diagnosis.store.padEnd(9)} ${diagnosis.provider.padEnd(9)}`
    if (diagnosis.found) {
      const chosen = diagnosis.chosenByAuto ? colors.green('  <- taken by --services auto') : ''
      lines.push(`${name} ${diagnosis.version}  ${colors.dim(diagnosis.where)}${chosen}`)
    } else lines.push(`${name} ${colors.yellow('missing')}: ${diagnosis.missing}`)
  }
  lines.push(
    k6.found
      ? `k6        ${k6.version}  ${colors.dim(k6.where)}`
      : `k6        ${colors.yellow('missing')}: ${k6.missing}; only --engine k6 needs it`,
  )
  const remedies = remediesOf(diagnoses)
  if (!k6.found) remedies.push('', `k6, for --engine k6. ${k6.remedy}`)
  return [...lines, ...remedies].join('\n')
}

/** For a store that no provider has; the same advice is given once. */
function remediesOf(diagnoses: readonly ServiceDiagnosis[]): string[] {
  const lacking = diagnoses.filter(({ store }) => !diagnoses.some((d) => d.store === store && d.found))
  const remedies = new Set(lacking.map((diagnosis) => (diagnosis.found ? '' : diagnosis.remedy)))
  return [...remedies].filter((remedy) => remedy !== '').flatMap((remedy) => ['', remedy])
}
