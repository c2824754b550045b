/**
 * A gate from its two sides to its verdict: calibration, a round of interleaved visits, another where the first raised a
 * suspicion, within a budget. What was visited is on the disk after each visit, so that whoever ends it keeps that. It
 * draws nothing and exits nothing; what the visits mean is decided by src/gate.
 */
import { randomBytes } from 'node:crypto'
import { HarnessError } from '../../core/errors.ts'
import { decidingVerdict, exitCodeOf, type RunVerdict } from '../../core/exit-codes.ts'
import {
  GATE_SCHEMA,
  type GateArm,
  type GateOptions,
  type GateRecord,
  type GateVisit,
  type PlannedVisit,
  type VisibleEffect,
} from '../../core/gate-record.ts'
import type { RunRecord } from '../../core/run-record.ts'
import {
  blocksWithin,
  environmentDifferences,
  type GatePlan,
  judgeGate,
  planGate,
  planRound,
  smallestVisibleEffect,
} from '../../gate/index.ts'
import type { FolderOptions } from '../../results/index.ts'
import { awaitQuietMachine } from '../quiet-machine.ts'
import { Budget } from './budget.ts'
import { type GateSide, makeVisit, type VisitSurroundings } from './gate-arm.ts'
import { createGateFolder, type GateFolder } from './gate-files.ts'

export interface GateRequest extends VisitSurroundings {
  readonly sides: Readonly<Record<GateArm, GateSide>>
  readonly options: GateOptions
  readonly seed: number
  readonly budgetMs: number
  /** How long each visit waits for a quiet machine; 0: nobody looks. */
  readonly maxWaitMs: number
  /** Known before it began, a sentence each. */
  readonly notes: readonly string[]
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
  /** Before the first round. */
  foreseen(plan: GatePlan, effects: readonly VisibleEffect[]): void
  /** Another round is due: why. */
  suspected(sentence: string): void
}

export interface FinishedGate {
  readonly record: GateRecord
  /** Absolute. */
  readonly folder: string
  /** A sentence each. The verdict stands. */
  readonly warnings: readonly string[]
}

/** Throws HarnessError when a visit could not begin; what was visited until then is kept. */
export async function runGate(request: GateRequest): Promise<FinishedGate> {
  const folder = await createGateFolder(request.folder)
  request.observer.started(folder.path)
  return await new Gate(request, folder).toTheEnd()
}

class Gate {
  readonly #request: GateRequest
  readonly #folder: GateFolder
  readonly #budget: Budget
  readonly #warnings: string[] = []
  /** The first run of each arm. */
  readonly #firstRuns: Partial<Record<GateArm, RunRecord>> = {}
  #record: GateRecord
  #number = 0
  #planned: number | null = null

  constructor(request: GateRequest, folder: GateFolder) {
    this.#request = request
    this.#folder = folder
    this.#budget = new Budget(request.budgetMs, () => performance.now())
    this.#record = firstRecord(request)
    for (const arm of ['baseline', 'candidate'] as const) this.#takeStored(arm)
  }

  async toTheEnd(): Promise<FinishedGate> {
    try {
      await this.#visitAll()
    } catch (error) {
      const interrupted = this.#request.signal.aborted && error instanceof HarnessError
      if (!interrupted) {
        this.#note(error instanceof Error ? error.message : String(error))
        await this.#end(['environment'])
        throw error
      }
    }
    await this.#end(this.#request.signal.aborted ? ['interrupted'] : [])
    return { record: this.#record, folder: this.#folder.path, warnings: this.#warnings }
  }

  async #visitAll(): Promise<void> {
    await this.#folder.writeRecord(this.#record)
    const { sides, options } = this.#request
    if (sides.candidate.kind === 'stored') return
    if (sides.baseline.kind === 'stored') await this.#visitCandidateAlone()
    else if (options.quick)
      await this.#visitEach(planRound({ ...FIRST_ROUND, blocks: 1, seed: this.#request.seed }).slice(0, 2))
    else await this.#visitInRounds()
  }

  /** Calibration, then both arms in turn. */
  async #visitInRounds(): Promise<void> {
    const plan = await this.#calibrate()
    if (this.#mustStop()) return
    if (plan.blocksARound === 0) {
      this.#note(`the budget is too small to judge times in: a visit takes ${seconds(this.#budget.visitMs)}`)
      // Right or wrong, and its work, can be told all the same.
      await this.#visitEach([{ arm: 'candidate', round: 1, block: 0 }])
      return
    }
    await this.#round(1, plan.blocksARound)
    const suspicion = this.#mustStop() ? null : this.#suspicion()
    if (suspicion === null) return
    this.#request.observer.suspected(suspicion)
    await this.#round(2, blocksWithin(this.#budget.leftMs, this.#budget.visitMs))
  }

  async #calibrate(): Promise<GatePlan> {
    const budgetMs = this.#budget.totalMs
    const first: PlannedVisit = { arm: 'baseline', round: 1, block: null }
    await this.#visit(first, 'calibration')
    const { calibrationVisits } = planGate({ budgetMs, visitMs: this.#budget.visitMs })
    for (let made = 1; made < calibrationVisits && !this.#mustStop(); made++) {
      // One is kept for the candidate.
      if (this.#budget.leftMs < 2 * this.#budget.visitMs) break
      await this.#visit(first, 'calibration')
    }
    const plan = planGate({ budgetMs, visitMs: this.#budget.visitMs })
    if (plan.blocksARound > 0 && !this.#mustStop()) this.#foresee(plan)
    return plan
  }

  #foresee(plan: GatePlan): void {
    const { calibration, options } = this.#record
    const { visitsAnArm } = plan
    const foreseen = smallestVisibleEffect({ calibration, visitsAnArm, leastEffect: options.leastEffect })
    this.#record = { ...this.#record, foreseen }
    this.#request.observer.foreseen(plan, foreseen)
  }

  async #round(round: number, blocks: number): Promise<void> {
    const earlierBlocks = new Set(this.#record.visits.map(({ block }) => block)).size
    const planned = planRound({ round, blocks, earlierBlocks, seed: this.#request.seed })
    this.#planned = this.#number + planned.length
    await this.#visitEach(planned)
  }

  /** As many visits as the baseline has, or as end in time. */
  async #visitCandidateAlone(): Promise<void> {
    const { visits, calibration } = this.#record
    const count = this.#request.options.quick ? 1 : Math.max(FEWEST_ALONE, visits.length + calibration.length)
    this.#planned = count
    await this.#visitEach(Array.from({ length: count }, () => ({ arm: 'candidate', round: 1, block: null })))
  }

  /** Ends early where there is no time for another, and where the answer is known: a candidate that was wrong is wrong. */
  async #visitEach(planned: readonly PlannedVisit[]): Promise<void> {
    for (const one of planned) {
      const isFirstOfItsArm = this.#firstRuns[one.arm] === undefined
      if (this.#mustStop() || (!isFirstOfItsArm && !this.#budget.hasRoomForOne())) return
      await this.#visit(one, 'visits')
    }
  }

  async #visit(planned: PlannedVisit, list: 'calibration' | 'visits'): Promise<void> {
    const side = this.#request.sides[planned.arm]
    if (side.kind === 'stored') throw new RangeError('a stored arm is not visited')
    this.#number++
    this.#request.observer.visiting(planned, this.#number, this.#planned)
    const { visit, record, warnings } = await this.#budget.spend(async () => {
      await this.#awaitQuiet()
      return await makeVisit(planned, side.target, { folder: this.#folder.path, number: this.#number }, this.#request)
    })
    this.#warnings.push(...warnings)
    this.#takeRun(planned.arm, record)
    if (record.endedBy === 'environment') this.#note(`a visit to the ${planned.arm} ended early: ${record.endedEarly}`)
    this.#record = { ...this.#record, [list]: [...this.#record[list], visit] }
    this.#request.observer.visited(visit)
    await this.#folder.writeRecord(this.#record)
  }

  async #awaitQuiet(): Promise<void> {
    const { maxWaitMs, signal, observer } = this.#request
    if (maxWaitMs === 0 || this.#request.options.quick) return
    const mostMs = Math.min(maxWaitMs, Math.max(0, this.#budget.leftMs - this.#budget.visitMs))
    const state = await awaitQuietMachine({ maxWaitMs: mostMs, signal, onWait: (what) => observer.waiting(what) })
    if (state.quiet === false) this.#note('others were at work on the machine during some visits')
  }

  #mustStop(): boolean {
    const { visits, calibration } = this.#record
    const isOver = ({ arm, verdict }: GateVisit): boolean =>
      verdict === 'environment' || (arm === 'candidate' && verdict === 'wrong')
    return this.#request.signal.aborted || [...visits, ...calibration].some(isOver)
  }

  /** Why a second round is due; null: it isn't, or there is no time for it. */
  #suspicion(): string | null {
    const canGoOn = blocksWithin(this.#budget.leftMs, this.#budget.visitMs) > 0
    return canGoOn ? this.#judge(true).nextRound : null
  }

  #judge(canGoOn: boolean): NonNullable<GateRecord['judgement']> {
    const { visits, calibration } = this.#record
    const { options, seed } = this.#request
    return judgeGate({ visits, calibration, options, environmentDiffers: this.#differences(), canGoOn, seed })
  }

  /** Of what was stored. Both visited now were so in one place, and what stores they need is a part of what they are. */
  #differences(): string[] {
    const { sides } = this.#request
    const { baseline, candidate } = this.#firstRuns
    const isStored = sides.baseline.kind === 'stored' || sides.candidate.kind === 'stored'
    if (!isStored || baseline === undefined || candidate === undefined) return []
    return environmentDifferences(baseline, candidate)
  }

  #takeStored(arm: GateArm): void {
    const side = this.#request.sides[arm]
    if (side.kind === 'target') return
    const { visits, calibration, record } = side.stored
    this.#takeRun(arm, record)
    this.#record = {
      ...this.#record,
      visits: [...this.#record.visits, ...visits],
      calibration: [...this.#record.calibration, ...(arm === 'baseline' ? calibration : [])],
    }
  }

  #takeRun(arm: GateArm, run: RunRecord): void {
    if (this.#firstRuns[arm] !== undefined) return
    this.#firstRuns[arm] = run
    const { arms, environment } = this.#record
    this.#record = {
      ...this.#record,
      environment: environment ?? run.environment,
      arms: { ...arms, [arm]: { ...arms[arm], target: run.target } },
    }
  }

  #note(sentence: string): void {
    if (!this.#record.notes.includes(sentence)) {
      this.#record = { ...this.#record, notes: [...this.#record.notes, sentence] }
    }
  }

  /** `endedBy`: what ended it before its time, if anything did. */
  async #end(endedBy: readonly RunVerdict[]): Promise<void> {
    const { visits } = this.#record
    const isThere = (arm: GateArm): boolean => visits.some((visit) => visit.arm === arm)
    const hasBoth = (isThere('baseline') || this.#record.calibration.length > 0) && isThere('candidate')
    const judgement = hasBoth ? this.#judge(false) : null
    const verdicts: RunVerdict[] = [...endedBy, ...visitsEndedBy(visits), judgement?.verdict ?? 'inconclusive']
    const verdict = decidingVerdict(verdicts)
    this.#record = {
      ...this.#record,
      status: endedBy.length === 0 ? 'complete' : 'interrupted',
      finishedAt: new Date().toISOString(),
      judgement,
      verdict,
      exitCode: verdict === judgement?.verdict ? judgement.exitCode : exitCodeOf(verdict),
    }
    await this.#folder.writeRecord(this.#record)
    await this.#folder.writeSummaries(this.#record)
  }
}

const FIRST_ROUND = { round: 1, earlierBlocks: 0 } as const

/** As many as a count has to be equal in before it is called exact. */
const FEWEST_ALONE = 5

/** A target that died under load is no matter of statistics. */
function visitsEndedBy(visits: readonly GateVisit[]): RunVerdict[] {
  return visits.some(({ verdict }) => verdict === 'environment') ? ['environment'] : []
}

function firstRecord({ scenario, seed, budgetMs, options, sides, notes }: GateRequest): GateRecord {
  return {
    schema: GATE_SCHEMA,
    gateId: `g${Date.now().toString(36)}${randomBytes(2).toString('hex')}`,
    status: 'running',
    startedAt: new Date().toISOString(),
    finishedAt: null,
    scenario,
    seed,
    budgetMs: sides.candidate.kind === 'stored' ? null : budgetMs,
    options,
    arms: {
      baseline: { name: sides.baseline.name, target: null },
      candidate: { name: sides.candidate.name, target: null },
    },
    environment: null,
    calibration: [],
    foreseen: null,
    visits: [],
    judgement: null,
    notes,
    verdict: null,
    exitCode: null,
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toPrecision(2)} s`
}
