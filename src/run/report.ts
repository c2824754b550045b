/** Makes reports of folders: reads what a run, or what is made of several, left there, and hands it to whoever draws it. */
import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { CompareRecord } from '../core/compare-record.ts'
import { HarnessError } from '../core/errors.ts'
import type { GateRecord } from '../core/gate-record.ts'
import type { RunRecord, StepRecord } from '../core/run-record.ts'
import {
  capacityHtml,
  capacityJunit,
  capacitySummary,
  type Command,
  compareHtml,
  compareJunit,
  compareMarkdown,
  gateHtml,
  gateJunitXml,
  gateMarkdown,
  isProved,
  junitXml,
  markdownSummary,
  raceHtml,
  raceJunit,
  raceMarkdown,
  repeatCapacity,
  repeatCommand,
  repeatComparison,
  repeatGate,
  repeatRace,
  replayRace,
  runHtml,
  type RunReport,
  shellWord,
  type StepDigest,
} from '../report/index.ts'
import {
  CAPACITY_FILE,
  CAPACITY_REPORTS,
  COMPARE_FILE,
  COMPARE_REPORTS,
  GATE_FILE,
  GATE_REPORTS,
  openCapacity,
  openCompare,
  openGate,
  openRace,
  openRun,
  RACE_FILE,
  RACE_REPORTS,
  RECORD_FILE,
  RUN_REPORTS,
  type StoredRun,
} from '../results/index.ts'
import { bucketMsFor, digestHistory, passedMsOf } from './digest-history.ts'
import { isOneSale } from './sale-so-far.ts'

export type ReportFormat = 'html' | 'md' | 'junit'

export interface Report {
  /** Where it stands in the folder by default, by its format, absolute. */
  fileOf(format: ReportFormat): string
  render(format: ReportFormat): Promise<string>
}

export interface ReportOptions {
  /** The folder as people are shown it. */
  readonly shownAs: string
}

/** Of a run, a comparison, a race, a search for capacity or a gate. Throws HarnessError RUN_DIRECTORY_INVALID, of a race USAGE. */
export async function openReport(directory: string, options: ReportOptions): Promise<Report> {
  const isThere = (file: string): boolean => existsSync(join(directory, file))
  if (isThere(RECORD_FILE)) return await reportOfRun(directory, options)
  if (isThere(COMPARE_FILE)) return await reportOfComparison(directory)
  if (isThere(RACE_FILE)) return await reportOfRace(directory, options)
  if (isThere(CAPACITY_FILE)) return await reportOfCapacity(directory, options)
  if (isThere(GATE_FILE)) return await reportOfGate(directory, options)
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${directory} can not be reported: it has none of ${[RECORD_FILE, COMPARE_FILE, RACE_FILE, CAPACITY_FILE].join(', ')} and ${GATE_FILE}`,
    hint: 'Name the folder of a run, such as results/20260314T150926Z-smoke-naive, or that of a comparison, a race, a search for capacity or a gate.',
  })
}

async function reportOfRun(directory: string, { shownAs }: ReportOptions): Promise<Report> {
  const run = await openRun(directory)
  return {
    fileOf: (format) => join(run.path, RUN_REPORTS[format]),
    async render(format) {
      switch (format) {
        case 'html':
          return await runHtml(await runReport(run, shownAs))
        case 'md':
          return markdownSummary(run.record)
        case 'junit':
          return junitXml(run.record)
      }
    },
  }
}

async function reportOfComparison(directory: string): Promise<Report> {
  const { path, record } = await openCompare(directory)
  return {
    fileOf: (format) => join(path, COMPARE_REPORTS[format]),
    async render(format) {
      switch (format) {
        case 'html':
          return await compareHtml({ record, commands: commandOf('Compare again', repeatComparison(record)) })
        case 'md':
          return compareMarkdown(record)
        case 'junit':
          return compareJunit(record)
      }
    },
  }
}

async function reportOfCapacity(directory: string, { shownAs }: ReportOptions): Promise<Report> {
  const { path, record } = await openCapacity(directory)
  const wrong = record.trials.find(({ number }) => number === record.wrong?.trial)
  const proof = wrong === undefined ? [] : commandOf('What was wrong', pageOfRun(join(shownAs, wrong.directory)))
  return {
    fileOf: (format) => join(path, CAPACITY_REPORTS[format]),
    async render(format) {
      switch (format) {
        case 'html':
          return await capacityHtml({
            record,
            commands: [...proof, ...commandOf('Measure again', repeatCapacity(record))],
          })
        case 'md':
          return capacitySummary(record)
        case 'junit':
          return capacityJunit(record)
      }
    },
  }
}

/** Of a trial or a visit, which is a run like any other. */
function pageOfRun(directory: string): string {
  return `npx doorbuster report ${shellWord(directory)} --open`
}

async function reportOfRace(directory: string, { shownAs }: ReportOptions): Promise<Report> {
  const { file, record } = await openRace(directory)
  const again = record.parts.some(({ shortest }) => shortest !== null && isProved(shortest))
    ? commandOf('Run the wrong order again', replayRace(shownAs))
    : []
  return {
    fileOf: (format) => join(dirname(file), RACE_REPORTS[format]),
    async render(format) {
      switch (format) {
        case 'html':
          return raceHtml({ record, commands: [...again, ...commandOf('Race again', repeatRace(record))] })
        case 'md':
          return raceMarkdown(record, shownAs)
        case 'junit':
          return raceJunit(record)
      }
    },
  }
}

/** Passwords of URLs are not kept. */
function gateLabel({ command = [] }: GateRecord): string {
  return command.some((word) => word.includes('***')) ? 'Gate again, with what *** stands for' : 'Gate again'
}

async function reportOfGate(directory: string, { shownAs }: ReportOptions): Promise<Report> {
  const { path, record } = await openGate(directory)
  const commands = [...commandOf(gateLabel(record), repeatGate(record)), ...commandOfWrongVisit(record, shownAs)]
  return {
    fileOf: (format) => join(path, GATE_REPORTS[format]),
    async render(format) {
      switch (format) {
        case 'html':
          return await gateHtml({ record, commands })
        case 'md':
          return gateMarkdown(record)
        case 'junit':
          return gateJunitXml(record)
      }
    },
  }
}

/** What proves it stands in the run. */
function commandOfWrongVisit({ calibration, visits }: GateRecord, shownAs: string): Command[] {
  const wrong = [...visits, ...calibration].filter(({ failedChecks }) => failedChecks.length > 0)
  const visit = wrong.find(({ arm }) => arm === 'candidate') ?? wrong[0]
  if (visit === undefined) return []
  const folder = isAbsolute(visit.directory) ? visit.directory : join(shownAs, visit.directory)
  return commandOf('See what proves it, in a visit that was wrong', pageOfRun(folder))
}

async function runReport(run: StoredRun, shownAs: string): Promise<RunReport> {
  const { record } = run
  const { digests, notes } = await digestRun(run)
  return {
    record,
    digests,
    notes: [...(run.state === 'running' ? ['The run is still going on: this is how it stands.'] : []), ...notes],
    commands: [
      ...commandOf('Run it again', repeatCommand(record)),
      ...(await commandOfWhole(run)),
      { label: 'Judge it again', text: `npx doorbuster verify ${shellWord(shownAs)}` },
    ],
  }
}

function commandOf(label: string, text: string | null): Command[] {
  return text === null ? [] : [{ label, text }]
}

/** Of the comparison in whose folder a run lies, where it is one of its runs. */
async function commandOfWhole({ path, record }: StoredRun): Promise<Command[]> {
  const folder = join(path, '..', '..')
  if (record.command !== undefined || !existsSync(join(folder, COMPARE_FILE))) return []
  const whole = await openCompare(folder).catch(() => null)
  if (whole === null || !isRunOf(record, whole.record)) return []
  return commandOf('Make the whole comparison again', repeatComparison(whole.record))
}

function isRunOf({ runId }: RunRecord, { regimes }: CompareRecord): boolean {
  return regimes.some(({ results }) => results.some(({ runs }) => runs.some((run) => run.runId === runId)))
}

/** One history at a time is held. What can't be read is left out, and said. */
async function digestRun(run: StoredRun): Promise<{ digests: readonly StepDigest[]; notes: readonly string[] }> {
  const { record } = run
  const steps = await Promise.all(record.steps.map((step) => asItWent(run, step)))
  const total = (of: (step: StepRecord) => number): number => steps.reduce((sum, step) => sum + of(step), 0)
  const bucketMs = bucketMsFor({
    durationMs: total(({ durationMs }) => durationMs),
    requests: total(({ arrivals }) => arrivals),
  })
  const digests: StepDigest[] = []
  const notes: string[] = []
  let soldBefore: readonly number[] = []
  for (const step of steps) {
    try {
      const { digest, soldByNow } = await digestStep(run, step, bucketMs, soldBefore)
      digests.push(digest)
      if (isOneSale(record.target)) soldBefore = soldByNow
    } catch (error) {
      if (!(error instanceof HarnessError)) throw error
      notes.push(`Without the history of step ${step.index + 1}: ${error.message}`)
    }
  }
  return { digests, notes }
}

/** At most one was cut short; what its history doesn't tell, whoever digests it says. */
async function asItWent(run: StoredRun, step: StepRecord): Promise<StepRecord> {
  if (!step.interrupted) return step
  const history = await run.readHistory(step.index).catch(() => null)
  return history === null ? step : { ...step, durationMs: passedMsOf(history, step) }
}

async function digestStep(
  run: StoredRun,
  step: StepRecord,
  bucketMs: number,
  soldBefore: readonly number[],
): Promise<ReturnType<typeof digestHistory>> {
  const history = await run.readHistory(step.index)
  checkBelongs(run.record, history.requestIdPrefix)
  const { startedAtNs, durationMs, sales } = step
  const { timeoutMs } = run.record.scenario
  return digestHistory(history, { startedAtNs, durationMs, bucketMs, timeoutMs, sales, soldBefore })
}

function checkBelongs({ runId }: RunRecord, requestIdPrefix: string): void {
  if (requestIdPrefix.startsWith(`${runId}-`)) return
  throw new HarnessError('RUN_DIRECTORY_INVALID', { message: 'it is of another run' })
}
