/**
 * A log of events as JSON, a line each, for those who collect logs: what began and ended, and what was wrong, with the ids of
 * those whom it befell. Nothing is logged for a request. Whatever is written has passed the redactor.
 */
import { openSync } from 'node:fs'
import { destination, type Logger, pino } from 'pino'
import type { CheckName, CheckResult, Evidence } from '../core/check.ts'
import { HarnessError } from '../core/errors.ts'
import { type RunRecord, targetName } from '../core/run-record.ts'
import { EVENT_TYPE_OF_CHECK, type EventType } from './event-types.ts'
import type { RunObserver } from './run-scenario.ts'
import type { FinishedWatch, WatchObserver } from './watch.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface EventLogOptions {
  /** A file that is appended to; `-`: standard error. */
  readonly path: string
  readonly level: LogLevel
  readonly redact: (text: string) => string
}

const STANDARD_ERROR = 2

/** Throws HarnessError USAGE when the file can't be written. */
export function openEventLog({ path, level, redact }: EventLogOptions): EventLog {
  let fd = STANDARD_ERROR
  try {
    if (path !== '-') fd = openSync(path, 'a')
  } catch (cause) {
    throw new HarnessError('USAGE', {
      message: `--log ${path}: cannot be written (${(cause as Error).message})`,
      hint: 'Name a file in a folder that exists, or - for standard error.',
      cause,
    })
  }
  // Few lines, and none may be missing when the process dies: each is written before the next thing happens.
  const sink = destination({ fd, sync: true })
  // Whoever reads standard error may go away, and a disk may be full: the run goes on.
  sink.on('error', () => {})
  const options = { level, formatters: { level: (label: string) => ({ level: label }) } }
  return new EventLog(
    pino({ ...options, base: { pid: process.pid }, timestamp: isoTime, hooks: { streamWrite: redact } }, sink),
  )
}

const isoTime = (): string => `,"time":"${new Date().toISOString()}"`

export class EventLog {
  #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  /** What a run tells; its end is told by {@link runFinished}. */
  observeRun(): RunObserver {
    let told = new Set<string>()
    let live: readonly [step: number, log: Logger] = [0, this.#log]
    return {
      started: (record, directory) => {
        this.#log = this.#log.child({ runId: record.runId })
        const { scenario, engine } = record
        const run = { scenario: scenario.name, target: targetName(record.target), engine: engine.name, directory }
        this.#tell('info', 'run_started', { ...run, steps: scenario.steps.length }, 'the run has begun')
      },
      stepStarted: ({ stepIndex }, warnings) => {
        told = new Set()
        live = [stepIndex + 1, this.#log]
        this.#tell('info', 'step_started', { step: stepIndex + 1, ...(warnings.length > 0 && { warnings }) }, 'step')
      },
      progress: (_plan, _progress, word) => {
        if (word === null || told.has(`${word.sku} ${word.finding.check}`)) return
        told.add(`${word.sku} ${word.finding.check}`)
        this.#tellFailure(word.finding.check, { step: live[0], sku: word.sku, live: true }, word.finding.sentence, [])
      },
      stepFinished: (step, checks, thresholds) => {
        this.#tellChecks(checks)
        for (const { verdict, expression, sentence } of thresholds) {
          if (verdict !== 'pass') {
            this.#tell('warn', 'threshold_missed', { step: step.index + 1, expression, verdict }, sentence)
          }
        }
        const { verdict, sent, outcomes, saturated, achievedRatePerSec } = step
        const figures = { step: step.index + 1, verdict, sent, outcomes, saturated, achievedRatePerSec }
        this.#tell('info', 'step_finished', figures, `step ${step.index + 1}: ${verdict}`)
      },
      targetSaid: (words) => this.#tell('warn', 'target_said', {}, words),
    }
  }

  runFinished({ verdict, exitCode, endedEarly }: RunRecord): void {
    const level = verdict === 'passed' ? 'info' : verdict === 'wrong' ? 'error' : 'warn'
    this.#tell(level, 'run_finished', { verdict, exitCode }, endedEarly ?? `the run has ended: ${verdict}`)
  }

  /** What a watch tells; its end is told by {@link watchFinished}. */
  observeWatch(runId: string, from: string): WatchObserver {
    this.#log = this.#log.child({ runId })
    this.#tell('info', 'watch_started', { from }, 'the watch has begun')
    return {
      found: ({ sku, fault }, kept) =>
        this.#tellFailure(
          fault.check,
          { sku, ...(kept && { evidenceFile: kept.path, verifies: kept.verifies }) },
          fault.sentence,
          [fault.evidence],
        ),
      malformed: (message) => this.#tell('warn', 'line_malformed', {}, message),
      problem: (message) => this.#tell('warn', 'problem', {}, message),
    }
  }

  watchFinished(finished: FinishedWatch): void {
    const { verdict, exitCode, operations, lateOperations, unjudgedOperations, malformedLines, endedBy } = finished
    const level = verdict === 'passed' ? 'info' : verdict === 'wrong' ? 'error' : 'warn'
    const figures = { verdict, exitCode, operations, lateOperations, unjudgedOperations, malformedLines, endedBy }
    this.#tell(level, 'watch_finished', figures, `the watch has ended: ${verdict}`)
  }

  #tellChecks(checks: readonly CheckResult[]): void {
    for (const { check, verdict, sku, step, measured, unit, sentence, evidence } of checks) {
      const about = { step: step + 1, sku, measured, unit }
      if (verdict === 'fail') this.#tellFailure(check, about, sentence, evidence)
      else if (verdict === 'unknown') this.#tell('warn', 'check_unknown', { check, ...about }, sentence)
      else this.#log.debug({ eventType: 'check_made', check, verdict, ...about }, sentence)
    }
  }

  /** An event for each piece of evidence, with the ids of whom it is about; one without, where there is none. */
  #tellFailure(check: CheckName, about: object, sentence: string, evidence: readonly Evidence[]): void {
    const eventType = EVENT_TYPE_OF_CHECK[check]
    if (evidence.length === 0) this.#log.error({ eventType, check, ...about }, sentence)
    for (const piece of evidence) {
      this.#log.error({ eventType, check, ...about, ...idsIn(piece), proof: piece.sentence }, sentence)
    }
  }

  #tell(level: 'info' | 'warn' | 'error', eventType: EventType, about: object, message: string): void {
    this.#log[level]({ eventType, ...about }, message)
  }
}

/** Of the operation that came last, which is the one that was wrong. */
function idsIn({ operations }: Evidence): object {
  const last = operations.at(-1)
  if (last === undefined) return {}
  const { requestId, userId, outcome } = last
  const orderId = outcome.kind === 'sold' ? outcome.orderId : null
  return {
    ...(orderId !== null && { orderId }),
    ...(requestId !== null && { requestId }),
    ...(userId !== null && { userId }),
  }
}
