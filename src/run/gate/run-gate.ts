/**
 * A gate from its two sides to its verdict. What was visited is on the disk after each visit, so that whoever ends it keeps
 * that. It draws nothing and exits nothing: whoever calls it listens through an observer.
 */
import { HarnessError } from '../../core/errors.ts'
import { exitCodeOf } from '../../core/exit-codes.ts'
import type { GateRecord, GateVisit, PlannedVisit, VisibleEffect } from '../../core/gate-record.ts'
import type { FolderOptions } from '../../results/index.ts'
import { awaitQuietMachine } from '../quiet-machine.ts'
import { Budget } from './budget.ts'
import type { CoursePlan } from './course-plan.ts'
import { type FinishedVisit, makeVisit, type VisitSurroundings } from './gate-arm.ts'
import { GateBook, type GateEnd, type GateTerms } from './gate-book.ts'
import { runCourse } from './gate-course.ts'
import { createGateFolder, type GateFolder } from './gate-files.ts'

export interface GateRequest extends GateTerms, VisitSurroundings {
  /** How long each block of visits waits for a quiet machine; 0: nobody looks. */
  readonly maxWaitMs: number
  readonly folder: FolderOptions
  readonly observer: GateObserver
}

/** What a gate tells while it goes on. */
export interface GateObserver {
  started(folder: string): void
  waiting(what: string): void
  /** `number`: from 1. `of`: as planned by now; null: nobody knows yet. */
  visiting(planned: PlannedVisit, number: number, of: number | null): void
  visited(visit: GateVisit): void
  /** Before the first round, and where there is none. */
  foreseen(plan: CoursePlan, effects: readonly VisibleEffect[]): void
  /** Another round is due: why. */
  suspected(sentence: string): void
}

export interface FinishedGate {
  readonly record: GateRecord
  /** Absolute. */
  readonly folder: string
  /** A sentence each. The verdict stands. */
  readonly warnings: readonly string[]
  /** What a visit threw that could not begin, for whoever has read the record to throw on; null: nothing. */
  readonly failure: { readonly error: unknown } | null
}

/** Throws HarnessError when its folder can't be made or written. */
export async function runGate(request: GateRequest): Promise<FinishedGate> {
  const folder = await createGateFolder(request.folder)
  const book = new GateBook(request)
  const warnings: string[] = []
  request.observer.started(folder.path)
  await folder.writeRecord(book.record)
  const failure = await failureOf(() => runVisits(request, folder, book, warnings))
  const isInterrupted = request.signal.aborted && (failure === null || failure.error instanceof HarnessError)
  if (failure !== null && !isInterrupted) {
    book.note(failure.error instanceof Error ? failure.error.message : String(failure.error))
  }
  await end(book, folder, isInterrupted ? { by: 'interrupted' } : endBy(failure))
  return { record: book.record, folder: folder.path, warnings, failure: isInterrupted ? null : failure }
}

async function failureOf(act: () => Promise<void>): Promise<FinishedGate['failure']> {
  try {
    await act()
    return null
  } catch (error) {
    return { error }
  }
}

/** It leaves as it would have without a gate around it. */
function endBy(failure: FinishedGate['failure']): GateEnd | null {
  if (failure === null) return null
  const { error } = failure
  return { by: 'environment', exitCode: error instanceof HarnessError ? error.exitCode : exitCodeOf('bug') }
}

async function runVisits(request: GateRequest, folder: GateFolder, book: GateBook, warnings: string[]): Promise<void> {
  const { observer, signal, sides } = request
  const budget = new Budget(request.budgetMs, () => performance.now())
  // Once a block: what comes later in it would stand to one side alone. Calibration is one, too.
  let quietened: number | null | undefined
  await runCourse({
    terms: request,
    book,
    budget,
    signal,
    visit: async (planned, number, of): Promise<FinishedVisit> => {
      const side = sides[planned.arm]
      if (side.kind === 'stored') throw new RangeError('what is stored is not visited')
      observer.visiting(planned, number, of)
      if (planned.block !== quietened) await awaitQuiet(request, book, budget)
      quietened = planned.block
      return await makeVisit(planned, side.target, { folder: folder.path, number }, request)
    },
    visited: async ({ visit, warnings: ofRun }) => {
      warnings.push(...ofRun)
      observer.visited(visit)
      await folder.writeRecord(book.record)
    },
    foreseen: (plan, effects) => observer.foreseen(plan, effects),
    suspected: (sentence) => observer.suspected(sentence),
  })
}

/** Right and wrong, and the work, are the same on a busy machine. */
async function awaitQuiet(
  { maxWaitMs, options, signal, observer }: GateRequest,
  book: GateBook,
  budget: Budget,
): Promise<void> {
  if (maxWaitMs === 0 || options.quick) return
  const mostMs = Math.min(maxWaitMs, Math.max(0, budget.leftMs - budget.visitMs))
  const state = await awaitQuietMachine({ maxWaitMs: mostMs, signal, onWait: (what) => observer.waiting(what) })
  if (state.quiet === false) book.note('others were at work on the machine before some visits')
}

async function end(book: GateBook, folder: GateFolder, by: GateEnd | null): Promise<void> {
  book.close(by)
  await folder.writeRecord(book.record)
  await folder.writeSummaries(book.record)
}
