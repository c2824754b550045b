/** The page of what has ended, in its folder. What was measured stands, whatever becomes of its report. */
import { HarnessError } from '../core/errors.ts'
import { shownPath } from './shown-path.ts'
import type { Terminal } from './terminal.ts'

/** `title`: what stands before the path where it is printed. */
export async function reportBeside(terminal: Terminal, directory: string, title = 'report:     '): Promise<void> {
  const { openReport } = await import('../run/report.ts')
  const { writeText } = await import('../results/index.ts')
  try {
    const report = await openReport(directory, { shownAs: shownPath(directory) })
    const file = report.fileOf('html')
    await writeText(file, await report.render('html'))
    // Where one JSON document is asked for, nothing stands beside it.
    if (!terminal.quiet) terminal.print(`${title} ${shownPath(file)}`)
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error
    terminal.warn(`there is no report: ${error.message}`)
  }
}
