/**
 * Whether a record fits the files beside it. A run that lost a file, or whose record was edited, must not be judged by
 * what is left: the step that is missing may be the wrong one.
 */
import { join } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import type { RunRecord } from '../core/run-record.ts'
import { HISTORY_DIRECTORY, LEDGER_DIRECTORY, RECORD_FILE, stepFileName } from './run-files.ts'

export interface StepFiles {
  readonly histories: ReadonlySet<number>
  readonly ledgers: ReadonlySet<number>
}

/**
 * Steps are recorded in order, each after its files were written.
 * Throws HarnessError RUN_DIRECTORY_INVALID.
 */
export function checkConsistent(record: RunRecord, path: string, files: StepFiles): void {
  const { endedBy, endedEarly } = record
  const problem = orderProblem(record) ?? numberProblem(record) ?? fileProblem(record, files)
  if (problem === null) return
  throw new HarnessError('RUN_DIRECTORY_INVALID', {
    message: `${join(path, RECORD_FILE)}: ${problem}`,
    hint:
      endedBy === 'environment'
        ? `The run ended early: ${endedEarly ?? 'by its environment'}`
        : 'The folder was changed after the run. Restore it from a copy, or run the scenario again.',
  })
}

function orderProblem({ steps }: RunRecord): string | null {
  const at = steps.findIndex(({ index }, position) => index !== position)
  return at === -1 ? null : `steps.${at}.index is ${steps[at]!.index}, but it is the record's step number ${at}`
}

function numberProblem({ steps, scenario, status }: RunRecord): string | null {
  const planned = scenario.steps.length
  if (steps.length > planned) return `it has ${steps.length} steps, its scenario ${planned}`
  if (status === 'complete' && steps.length < planned) {
    return `the run is complete, but only ${steps.length} of its ${planned} steps are there`
  }
  return null
}

function fileProblem({ steps }: RunRecord, files: StepFiles): string | null {
  for (const { index, sales } of steps) {
    const wasRead = sales.every(({ takenAt }) => takenAt !== null)
    const [folder] = [
      ...(files.histories.has(index) ? [] : [HISTORY_DIRECTORY]),
      ...(files.ledgers.has(index) || !wasRead ? [] : [LEDGER_DIRECTORY]),
    ]
    if (folder !== undefined) {
      return `step ${index + 1} was finished, but its ${folder} is missing (${join(folder, stepFileName(index))})`
    }
  }
  return null
}
