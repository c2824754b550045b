/** What a gate has found so far: its record, and what is made of it. Knows no clock but that of its beginning and end. */
import { randomBytes } from 'node:crypto'
import { decidingVerdict, exitCodeOf, type RunVerdict } from '../../core/exit-codes.ts'
import {
  GATE_SCHEMA,
  type GateArm,
  type GateJudgement,
  type GateOptions,
  type GateRecord,
  type GateVisit,
  type VisibleEffect,
} from '../../core/gate-record.ts'
import type { RunRecord } from '../../core/run-record.ts'
import type { Scenario } from '../../core/scenario.ts'
import { environmentDifferences, judgeGate } from '../../gate/index.ts'
import type { FinishedVisit, GateSide } from './gate-arm.ts'

export interface GateTerms {
  readonly scenario: Scenario
  readonly sides: Readonly<Record<GateArm, GateSide>>
  readonly options: GateOptions
  /** Of the order of visits, and of every draw. */
  readonly seed: number
  /** As it was called; absent: not by a command. */
  readonly command?: readonly string[]
  readonly budgetMs: number
  /** Known before it began, a sentence each. */
  readonly notes: readonly string[]
}

/** What ended a gate before its time. */
export interface GateEnd {
  readonly by: 'interrupted' | 'environment'
  /** Of the error that did; absent: that of the verdict. */
  readonly exitCode?: number
}

export class GateBook {
  readonly #terms: GateTerms
  /** The first run of each arm. */
  readonly #firstRuns: Partial<Record<GateArm, RunRecord>> = {}
  #record: GateRecord
  /** What was judged last, and ended the rounds; null: another visit was made since, or a further round is due. */
  #settled: GateJudgement | null = null

  constructor(terms: GateTerms) {
    this.#terms = terms
    this.#record = firstRecord(terms)
    this.#takeStored('baseline')
    this.#takeStored('candidate')
  }

  get record(): GateRecord {
    return this.#record
  }

  /** The answer is known, or there will be none: a candidate that was wrong is wrong, a target that died is dead. */
  get isDecided(): boolean {
    const { visits, calibration } = this.#record
    return [...visits, ...calibration].some(
      ({ arm, verdict }) => verdict === 'environment' || (arm === 'candidate' && verdict === 'wrong'),
    )
  }

  hasVisited(arm: GateArm): boolean {
    return this.#firstRuns[arm] !== undefined
  }

  take(list: 'calibration' | 'visits', { visit, record }: FinishedVisit): void {
    this.#settled = null
    this.#takeRun(visit.arm, record)
    if (record.endedBy === 'environment') this.note(`a visit to the ${visit.arm} ended early: ${record.endedEarly}`)
    this.#record = { ...this.#record, [list]: [...this.#record[list], visit] }
  }

  foresee(foreseen: readonly VisibleEffect[]): void {
    this.#record = { ...this.#record, foreseen }
  }

  /** Once, however often it is said. */
  note(sentence: string): void {
    if (this.#record.notes.includes(sentence)) return
    this.#record = { ...this.#record, notes: [...this.#record.notes, sentence] }
  }

  /** `canGoOn`: another round may follow. */
  judge(canGoOn: boolean): GateJudgement {
    const { visits, calibration } = this.#record
    const { options, seed } = this.#terms
    const judgement = judgeGate({
      visits,
      calibration,
      options,
      environmentDiffers: this.#differences(),
      canGoOn,
      seed,
    })
    this.#settled = judgement.nextRound === null ? judgement : null
    return judgement
  }

  close(end: GateEnd | null): void {
    const endedBy = end?.by ?? null
    const { visits, calibration } = this.#record
    const isThere = (arm: GateArm): boolean => visits.some((visit) => visit.arm === arm)
    const hasBoth = isThere('candidate') && (isThere('baseline') || calibration.length > 0)
    const judgement = hasBoth ? (this.#settled ?? this.judge(false)) : null
    const others = [...(endedBy === null ? [] : [endedBy]), ...endOf([...visits, ...calibration])]
    const verdict = decidingVerdict([...others, judgement?.verdict ?? 'inconclusive'])
    this.#record = {
      ...this.#record,
      status: endedBy === null ? 'complete' : 'interrupted',
      finishedAt: new Date().toISOString(),
      judgement,
      verdict,
      exitCode: end?.exitCode ?? (verdict === judgement?.verdict ? judgement.exitCode : this.#exitCodeOf(verdict)),
    }
  }

  /** Nothing that could be judged is no answer, too. */
  #exitCodeOf(verdict: RunVerdict): number {
    const isLetThrough = verdict === 'inconclusive' && this.#terms.options.onInconclusive === 'pass'
    return exitCodeOf(isLetThrough ? 'passed' : verdict)
  }

  /** Of what was stored. Both visited now were so in one place, and what stores they need is a part of what they are. */
  #differences(): string[] {
    const { sides } = this.#terms
    const stored = [sides.baseline, sides.candidate].flatMap((side) => (side.kind === 'stored' ? [side.stored] : []))
    const { baseline, candidate } = this.#firstRuns
    if (stored.length === 0 || baseline === undefined || candidate === undefined) return []
    return [...stored.flatMap(({ differences }) => differences), ...environmentDifferences(baseline, candidate)]
  }

  #takeStored(arm: GateArm): void {
    const side = this.#terms.sides[arm]
    if (side.kind === 'target') return
    const { visits, calibration, record, notes } = side.stored
    this.#takeRun(arm, record)
    for (const sentence of notes) this.note(sentence)
    if (record.workAnOrder === null) this.note(`work of the ${arm}: it was run without --work`)
    this.#record = {
      ...this.#record,
      visits: inTheirOrder([...this.#record.visits, ...visits]),
      calibration: [...this.#record.calibration, ...(arm === 'baseline' ? calibration : [])],
    }
  }

  #takeRun(arm: GateArm, run: RunRecord): void {
    if (this.#firstRuns[arm] !== undefined) return
    this.#firstRuns[arm] = run
    for (const sentence of (run.workAnOrder ?? []).flatMap(({ notCounted }) => notCounted)) {
      this.note(`work of the ${arm}: ${sentence}`)
    }
    const { arms, environment } = this.#record
    this.#record = {
      ...this.#record,
      environment: environment ?? run.environment,
      arms: { ...arms, [arm]: { ...arms[arm], target: run.target } },
    }
  }
}

/** Visits in blocks were made in turn; others are told apart by their arm alone. */
function inTheirOrder(visits: readonly GateVisit[]): readonly GateVisit[] {
  if (visits.some(({ block }) => block === null)) return visits
  return visits.toSorted((one, other) => Date.parse(one.startedAt) - Date.parse(other.startedAt))
}

/** A target that died under load is no matter of statistics. */
function endOf(visits: readonly GateVisit[]): RunVerdict[] {
  return visits.some(({ verdict }) => verdict === 'environment') ? ['environment'] : []
}

function firstRecord({ scenario, seed, command, budgetMs, options, sides, notes }: GateTerms): GateRecord {
  return {
    schema: GATE_SCHEMA,
    gateId: `g${Date.now().toString(36)}${randomBytes(2).toString('hex')}`,
    status: 'running',
    startedAt: new Date().toISOString(),
    finishedAt: null,
    scenario,
    seed,
    ...(command !== undefined && { command }),
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
