/** Names of the files in a run's folder: one place, for the writer and the reader. */
export const RECORD_FILE = 'run.json'
export const HISTORY_DIRECTORY = 'history'
export const LEDGER_DIRECTORY = 'ledger'
/** What was told of the run while it went on. */
export const LIVE_FILE = 'live.ndjson'

/** What a report is written to, by its format. */
export const REPORT_FILES = { html: 'report.html', md: 'summary.md', junit: 'junit.xml' } as const

/** Steps count from 0 in the code and from 1 for people: step 0 is `step-001.parquet`. */
export function stepFileName(stepIndex: number): string {
  return `step-${String(stepIndex + 1).padStart(3, '0')}.parquet`
}

/** The inverse; null for any other name. */
export function stepOfFileName(name: string): number | null {
  const match = /^step-(\d{3,})\.parquet$/.exec(name)
  const number = match ? Number(match[1]) : 0
  return number >= 1 ? number - 1 : null
}
