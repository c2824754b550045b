/** `doorbuster report`: a stored run as a page that is passed on, as Markdown, or as JUnit XML. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command, InvalidArgumentError } from 'commander'
import { HarnessError } from '../../core/errors.ts'
import { nearestName } from '../../core/nearest-name.ts'
import type { ReportFormat } from '../../run/report.ts'
import type { CommandContext } from '../command-context.ts'
import { shownPath } from '../shown-path.ts'

interface ReportCommandOptions {
  readonly format: readonly ReportFormat[]
  readonly out?: string
  readonly open?: true
}

const FORMATS: readonly ReportFormat[] = ['html', 'md', 'junit']
const STDOUT = '-'

const EXAMPLES = `
Examples:
  doorbuster report results/20260314T150926Z-smoke-naive --open
  doorbuster report results/20260314T150926Z-smoke-naive --format html,md,junit
  doorbuster report results/20260314T150926Z-smoke-naive --format md --out - >> "$GITHUB_STEP_SUMMARY"
`

export function reportCommand(context: CommandContext): Command {
  return new Command('report')
    .description('make a page of what was stored: one file, for a browser, paper or mail')
    .argument('<dir>', 'folder of a run, comparison, gate, capacity search or race')
    .option('--format <list>', 'html, md, junit, or several with commas between', formatsOf, ['html'])
    .option('--out <file>', 'where to write it, - for standard output (default: into the folder)')
    .option('--open', 'open the page in a browser')
    .addHelpText('after', EXAMPLES)
    .action(async (directory: string, options: ReportCommandOptions) => {
      refuseSeveralInOne(options)
      const { openReport } = await import('../../run/report.ts')
      const { writeText } = await import('../../results/index.ts')
      const report = await openReport(directory, { shownAs: shownPath(resolve(directory)) })
      for (const format of options.format) {
        const text = await report.render(format)
        if (options.out === STDOUT) {
          context.terminal.print(text)
          continue
        }
        const file = options.out === undefined ? report.fileOf(format) : resolve(options.out)
        await writeText(file, text)
        context.terminal.print(`report: ${shownPath(file)}`)
        if (format === 'html' && options.open === true) await open(context, file)
      }
    })
}

function formatsOf(text: string): readonly ReportFormat[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !(FORMATS as readonly string[]).includes(name))
  if (unknown === undefined) return [...new Set(names as ReportFormat[])]
  const near = nearestName(unknown, FORMATS)
  throw new InvalidArgumentError(
    `There is no format "${unknown}"${near === null ? '' : `; did you mean "${near}"?`} It can be ${FORMATS.join(', ')}.`,
  )
}

function refuseSeveralInOne({ format, out, open }: ReportCommandOptions): void {
  if (out !== undefined && format.length > 1) {
    throw new HarnessError('USAGE', {
      message: `--out names one file, and --format asks for ${format.length}`,
      hint: 'Give one format, or leave --out out: then each is written into the folder.',
    })
  }
  if (open === true && (!format.includes('html') || out === STDOUT)) {
    throw new HarnessError('USAGE', {
      message: '--open needs a page in a file',
      hint: 'Add html to --format, and name a file with --out, or leave it out.',
    })
  }
}

async function open({ terminal, env }: CommandContext, file: string): Promise<void> {
  const { openBrowser } = await import('../../observe/index.ts')
  const reason = await openBrowser(pathToFileURL(file).href, env)
  if (reason !== null) terminal.say(`note: ${reason}`)
}
