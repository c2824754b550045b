/** Names of the files in a run's folder: one place, for the writer and the reader. */
export const RECORD_FILE = 'run.json'
/** Of a comparison. */
export const COMPARE_FILE = 'compare.json'
/** Of a search for capacity. */
export const CAPACITY_FILE = 'capacity.json'
/** Of a race. */
export const RACE_FILE = 'race.json'
/** Of a gate. */
export const GATE_FILE = 'gate.json'
export const HISTORY_DIRECTORY = 'history'
export const LEDGER_DIRECTORY = 'ledger'
/** What was told of the run while it went on. */
export const LIVE_FILE = 'live.ndjson'

/** What a report of a run is written to, by its format. */
export const RUN_REPORTS = { html: 'report.html', md: 'summary.md', junit: 'junit.xml' } as const
export const CAPACITY_REPORTS = { ...RUN_REPORTS, md: 'summary.md' } as const
export const COMPARE_REPORTS = { ...RUN_REPORTS, md: 'compare.md' } as const
export const RACE_REPORTS = { ...RUN_REPORTS, md: 'race.md' } as const
export const GATE_REPORTS = { ...RUN_REPORTS, md: 'gate.md' } as const

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
