/** The page of what has ended, in its folder. What was measured stands, and so does its exit code, whatever becomes of its report. */
import { shownPath } from './shown-path.ts'
import type { Terminal } from './terminal.ts'

/** `title`: what stands before the path where it is printed. */
export async function reportBeside(terminal: Terminal, directory: string, title = 'report:     '): Promise<void> {
  try {
    const { openReport } = await import('../run/report.ts')
    const { writeText } = await import('../results/index.ts')
    const report = await openReport(directory, { shownAs: shownPath(directory) })
    const file = report.fileOf('html')
    await writeText(file, await report.render('html'))
    // Where one JSON document is asked for, nothing stands beside it.
    if (!terminal.quiet) terminal.print(`${title} ${shownPath(file)}`)
  } catch (error) {
    terminal.warn(`there is no report: ${error instanceof Error ? error.message : String(error)}`)
  }
}
