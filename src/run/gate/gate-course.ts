/**
 * Which visit a gate makes next, and when it has made enough: calibration, a round of interleaved visits, another where the
 * first raised a suspicion, within the budget. Visits are made by whoever is handed in.
 */
import type { PlannedVisit, VisibleEffect } from '../../core/gate-record.ts'
import { blocksWithin, planGate, planRound, smallestVisibleEffect } from '../../gate/index.ts'
import type { Budget } from './budget.ts'
import { type CoursePlan, planCourse } from './course-plan.ts'
import type { FinishedVisit } from './gate-arm.ts'
import type { GateBook, GateTerms } from './gate-book.ts'

export interface GateCourseParts {
  readonly terms: GateTerms
  readonly book: GateBook
  readonly budget: Budget
  readonly signal: AbortSignal
  /** `of`: as many as are planned by now; null: nobody knows yet. `number`: from 1. */
  readonly visit: (planned: PlannedVisit, number: number, of: number | null) => Promise<FinishedVisit>
  /** After each visit. */
  readonly visited: (finished: FinishedVisit) => Promise<void>
  /** Before the first round, and where there is none. */
  readonly foreseen: (plan: CoursePlan, effects: readonly VisibleEffect[]) => void
  /** Another round is due: why. */
  readonly suspected: (sentence: string) => void
}

/** As many as a count has to be equal in before it is called exact. */
const FEWEST_ALONE = 5

const CALIBRATION: PlannedVisit = { arm: 'baseline', round: 1, block: null }
/** Right or wrong, and its work, can be told without a baseline beside it. */
const CANDIDATE_ONCE: PlannedVisit = { arm: 'candidate', round: 1, block: 0 }

/** What a visit throws goes on its way. */
export async function runCourse(parts: GateCourseParts): Promise<void> {
  const { sides, options, seed } = parts.terms
  const course = new Course(parts)
  if (sides.candidate.kind === 'stored') course.again()
  else if (sides.baseline.kind === 'stored') await course.candidateAlone()
  else if (options.quick) await course.each(planRound({ round: 1, blocks: 1, earlierBlocks: 0, seed }).slice(0, 2))
  else await course.rounds()
}

class Course {
  readonly #parts: GateCourseParts
  #number = 0
  #planned: number | null = null

  constructor(parts: GateCourseParts) {
    this.#parts = parts
  }

  /** Calibration, then both arms in turn. */
  async rounds(): Promise<void> {
    const { book, suspected } = this.#parts
    await this.#calibrate()
    if (this.#isOver) return
    const plan = this.#plan()
    this.#foresee(plan)
    if (plan.rounds === 0) {
      if (!book.hasVisited('candidate')) await this.each([CANDIDATE_ONCE])
      return
    }
    await this.#round(1, plan.blocksARound)
    const suspicion = this.#isOver ? null : book.judge(true).nextRound
    if (suspicion === null || plan.rounds === 1 || this.#blocksLeft === 0) return
    suspected(suspicion)
    await this.#round(2, this.#blocksLeft)
  }

  /** The visits of one gate end as they did then: by a first round that suspected nothing, or by all of them. */
  again(): void {
    const { visits } = this.#parts.book.record
    if (visits.every(({ block }) => block !== null)) this.#parts.book.judge(true)
  }

  /** As many visits as the baseline has, or as end in time. */
  async candidateAlone(): Promise<void> {
    const { book, terms } = this.#parts
    const { visits, calibration } = book.record
    const count = terms.options.quick ? 1 : Math.max(FEWEST_ALONE, visits.length + calibration.length)
    this.#planned = count
    await this.each(Array.from({ length: count }, () => ({ arm: 'candidate', round: 1, block: null })))
  }

  /** Ends where the answer is known. What there is no time for is left out, but for the first of an arm, which has its time. */
  async each(planned: readonly PlannedVisit[]): Promise<void> {
    const { book, budget } = this.#parts
    for (const one of planned) {
      if (this.#isOver) return
      if (!book.hasVisited(one.arm) || budget.hasRoomForOne()) await this.#visit(one, 'visits')
    }
  }

  async #calibrate(): Promise<void> {
    const { book, budget } = this.#parts
    await this.#visit(CALIBRATION, 'calibration')
    // What the first one cost may be no visit's cost: that of the candidate, which is due anyhow, tells it.
    if (this.#hasNoRoomForTwo) await this.each([CANDIDATE_ONCE])
    const { calibrationVisits } = this.#plan()
    while (book.record.calibration.length < calibrationVisits && !this.#isOver) {
      // One is kept for the candidate.
      const isKept = !book.hasVisited('candidate')
      if (isKept ? this.#hasNoRoomForTwo : !budget.hasRoomForOne()) return
      await this.#visit(CALIBRATION, 'calibration')
    }
  }

  get #hasNoRoomForTwo(): boolean {
    const { leftMs, visitMs } = this.#parts.budget
    return leftMs < 2 * visitMs
  }

  /** In what is left: what calibration cost beyond what a visit costs is spent, and comes once. */
  #plan(): CoursePlan {
    const { book, budget } = this.#parts
    const { totalMs, leftMs, visitMs, plannedVisitMs } = budget
    const calibrated = book.record.calibration.length
    const plan = planGate({ budgetMs: leftMs + calibrated * plannedVisitMs, visitMs: plannedVisitMs })
    return planCourse(plan, { totalMs, leftMs, visitMs, plannedVisitMs, calibrated })
  }

  #foresee(plan: CoursePlan): void {
    const { book, foreseen } = this.#parts
    const { calibration, options } = book.record
    const { visitsAnArm, shortage } = plan
    if (shortage !== null) book.note(shortage)
    const effects = smallestVisibleEffect({ calibration, visitsAnArm, leastEffect: options.leastEffect })
    if (plan.rounds > 0) book.foresee(effects)
    foreseen(plan, effects)
  }

  async #round(round: number, blocks: number): Promise<void> {
    const { book, terms } = this.#parts
    const earlierBlocks = new Set(book.record.visits.map(({ block }) => block)).size
    const planned = planRound({ round, blocks, earlierBlocks, seed: terms.seed })
    this.#planned = this.#number + planned.length
    await this.each(planned)
  }

  async #visit(planned: PlannedVisit, list: 'calibration' | 'visits'): Promise<void> {
    const { book, budget, visit, visited } = this.#parts
    this.#number++
    const finished = await budget.spend(() => visit(planned, this.#number, this.#planned))
    book.take(list, finished)
    await visited(finished)
  }

  get #isOver(): boolean {
    return this.#parts.signal.aborted || this.#parts.book.isDecided
  }

  get #blocksLeft(): number {
    const { budget } = this.#parts
    return blocksWithin(budget.leftMs, budget.plannedVisitMs)
  }
}
