/**
 * Judges a stream of lines that has no end, as they come and about in the order in which the operations were completed:
 * sorts them by sale, moves time on, and tells of what is wrong, once for each check of each sale.
 */
import type { CheckResult } from '../core/check.ts'
import type { ReadsPromise } from '../core/promise.ts'
import { formatCount, formatQuantity, NS_PER_MS } from '../core/units.ts'
import { DigestFilter, Digester } from './digest-table.ts'
import { type OpenLine, parseHistoryLine } from './history-line.ts'
import { invalid, withoutMark } from './json-line.ts'
import type { RecordedRow } from './operation-recorder.ts'
import { type FaultEvidence, RecentLines } from './recent-lines.ts'
import type { SaleUnderJudgement } from './sale.ts'
import type { StreamMemory } from './stream-buys.ts'
import { resultsOf, standingFault } from './stream-results.ts'
import { type StreamFault, StreamSale } from './stream-sale.ts'

export interface StreamTerms {
  /** For sales that no `open` line opens; null: every sale must have one. */
  readonly initialStock: number | null
  /** Likewise; null: not given. */
  readonly perUserLimit: number | null
  readonly reads: ReadsPromise
  /** An operation that takes longer comes too late to be judged. */
  readonly timeoutMs: number
  readonly clockErrorMs: number
  /** Whoever was definitely refused doesn't come again with the same request id. False unless given. */
  readonly refusalsAreFinal?: boolean
  /**
   * A buy that was not sold is known again for so long after its last answer; after it, it may be taken for a new one, and
   * less is said of it. A few request timeouts, unless given.
   */
  readonly retentionMs?: number
  /** Of the digests by which ids are known again. */
  readonly seed: number
}

/** Lines may be so much out of the order of completion. */
export const DISORDER_MS = 500

export interface StreamFinding {
  readonly sku: string
  readonly fault: StreamFault
  /** Judged here and now, of the lines that are kept. */
  readonly evidence: () => FaultEvidence
}

/** How a sale stands. */
export interface StreamStanding {
  readonly sku: string
  readonly stock: number
  readonly sold: number
  readonly oversold: number
  readonly unknown: number
  readonly faults: readonly StreamFault[]
}

export interface StreamCourt {
  readonly operations: number
  /** Operations that came after their time had been judged. */
  readonly lateOperations: number
  /** Operations of sales that nobody had opened. */
  readonly unopenedOperations: number
  /** Operations that wait to be judged, buys whose ids are kept whole beside them, and when the latest was completed. */
  readonly windowOperations: number
  readonly rememberedBuys: number
  readonly latestNs: number
  /** How far the judgement is behind it; 0 before the first. */
  readonly lagMs: number
  /** `lineNumber` counts from 1. null for blank lines and openings. Throws HarnessError HISTORY_INVALID, and can go on. */
  line(text: string, lineNumber: number): RecordedRow | null
  /** `idleMs`: no line has come for so long. */
  advance(idleMs: number): void
  /** No more lines will come. */
  finish(): void
  /** What is wrong and was not told yet. */
  takeFindings(): StreamFinding[]
  standings(): StreamStanding[]
  /** The results of all sales, in the order in which they first appeared. */
  results(): CheckResult[]
}

export function createStreamCourt(terms: StreamTerms): StreamCourt {
  return new Court(terms)
}

/** How the sale of lines that name none is called. */
const UNNAMED = '(unnamed)'
/** The time for which buys are remembered is of so many request timeouts, and at least so long. */
const RETENTION_TIMEOUTS = 5
const LEAST_RETENTION_MS = 10_000
/** Time is moved on after so many lines. */
const LINES_A_STEP = 256
/** A line may be so far ahead of the latest and of what has passed since. Where so many more are than are not, they are right. */
const MOST_AHEAD_MS = 60_000
const LINES_THAT_CONFIRM = 16
const MOST_UNOPENED_NAMES = 1_000
/** So many sales may be opened by assumption: a field that is no SKU would fill the memory. */
const MOST_ASSUMED_SALES = 10_000

class Court implements StreamCourt {
  operations = 0
  unopenedOperations = 0
  latestNs = Number.NEGATIVE_INFINITY
  #watermarkNs = Number.NEGATIVE_INFINITY
  #idleMs = 0
  /** Lines that were too far ahead, less those since that were not; and the least far of them. */
  #linesAhead = 0
  #leastAheadNs = Number.POSITIVE_INFINITY
  readonly #terms: StreamTerms
  readonly #memory: StreamMemory
  /** By SKU; null for lines that name none. */
  readonly #sales = new Map<string | null, StreamSale>()
  /** SKUs of the sales that an `open` line has opened. */
  readonly #opened = new Set<string | null>()
  /** The sale that has a name, and was given lines that name none. */
  #heardUnnamed: StreamSale | null = null
  readonly #recent = new RecentLines()
  /** Operations that came before their sale was opened. */
  readonly #unopened = new Map<string | null, number>()
  /** Of so many others nobody noted the name. */
  #unnotedOperations = 0
  readonly #told = new Map<StreamSale, Set<string>>()

  constructor(terms: StreamTerms) {
    this.#terms = terms
    const retentionMs = terms.retentionMs ?? Math.max(LEAST_RETENTION_MS, RETENTION_TIMEOUTS * terms.timeoutMs)
    this.#memory = {
      digester: new Digester(terms.seed),
      forgotten: new DigestFilter(),
      retentionNs: retentionMs * NS_PER_MS,
    }
  }

  get lateOperations(): number {
    return this.#sum(({ lateOperations }) => lateOperations)
  }

  get windowOperations(): number {
    return this.#sum(({ windowRows }) => windowRows)
  }

  get rememberedBuys(): number {
    return this.#sum(({ rememberedBuys }) => rememberedBuys)
  }

  get lagMs(): number {
    if (this.#watermarkNs === Number.NEGATIVE_INFINITY) return 0
    return Math.max(0, (this.latestNs - this.#watermarkNs) / NS_PER_MS + this.#terms.timeoutMs)
  }

  line(text: string, lineNumber: number): RecordedRow | null {
    if (text.trim() === '') return null
    // Ids with such a character may be several.
    if (text.includes('\uFFFD')) throw invalid({ file: 'history', lineNumber }, 'is not in UTF-8')
    const line = parseHistoryLine(withoutMark(text, lineNumber), lineNumber)
    if (line.op === 'open') {
      this.#open(line, lineNumber)
      return null
    }
    const sale = this.#saleOf(line.sku, lineNumber)
    this.operations++
    const { row } = line
    this.#moveClock(row)
    if (sale === null) this.#countUnopened(line.sku)
    else {
      const isNew = sale.feed(row)
      this.#recent.keep({ text, sale, newUnits: isNew ? row.quantity : 0 })
    }
    if (this.operations % LINES_A_STEP === 0) this.#advance(0)
    return row
  }

  advance(idleMs: number): void {
    this.#idleMs = idleMs
    this.#advance(idleMs)
  }

  /**
   * Lines about in order say what time it is. One far ahead of what can have passed says that its clock is wrong, unless
   * others agree with it: in a stored history there may be gaps.
   */
  #moveClock({ sentAtNs, completedAtNs }: RecordedRow): void {
    const { timeoutMs } = this.#terms
    // No request takes longer; one that did must not carry the others' time with it.
    const atNs = Math.min(completedAtNs ?? sentAtNs!, sentAtNs! + timeoutMs * NS_PER_MS)
    const isFirst = this.latestNs === Number.NEGATIVE_INFINITY
    if (!isFirst && atNs > this.latestNs + (this.#idleMs + MOST_AHEAD_MS) * NS_PER_MS) {
      this.#leastAheadNs = Math.min(this.#leastAheadNs, atNs)
      if (++this.#linesAhead < LINES_THAT_CONFIRM) return
      this.latestNs = this.#leastAheadNs
      this.#linesAhead = 0
    } else {
      this.latestNs = Math.max(this.latestNs, atNs)
      this.#linesAhead = Math.max(0, this.#linesAhead - 1)
    }
    if (this.#linesAhead === 0) this.#leastAheadNs = Number.POSITIVE_INFINITY
  }

  #advance(idleMs: number): void {
    this.#watermarkNs = Math.max(this.#watermarkNs, this.latestNs + (idleMs - DISORDER_MS) * NS_PER_MS)
    for (const sale of this.#sales.values()) sale.advance(this.#watermarkNs)
  }

  finish(): void {
    for (const sale of this.#sales.values()) sale.advance(Number.POSITIVE_INFINITY)
  }

  takeFindings(): StreamFinding[] {
    const findings: StreamFinding[] = []
    for (const sale of this.#sales.values()) {
      const told = this.#told.get(sale)
      if (sale.faults.size === (told?.size ?? 0)) continue
      for (const [check, fault] of sale.faults) {
        if (told?.has(check) || standingFault(sale, check) === null) continue
        this.#noteTold(sale, check)
        const evidence = (): FaultEvidence => this.#recent.evidenceOf(sale, fault, this.#terms.reads)
        findings.push({ sku: sale.sale.sku, fault, evidence })
      }
    }
    return findings
  }

  standings(): StreamStanding[] {
    return [...this.#sales.values()].map((sale) => ({
      sku: sale.sale.sku,
      stock: sale.sale.initialStock,
      sold: sale.soldUnits,
      oversold: sale.oversoldUnits,
      unknown: sale.unknownUnits,
      faults: [...sale.faults.keys()].flatMap((check) => standingFault(sale, check) ?? []),
    }))
  }

  results(): CheckResult[] {
    const isAnySold = this.#sum(({ soldUnits }) => soldUnits) > 0
    const opened = [...this.#sales.values()].flatMap((sale) => resultsOf(sale, isAnySold && sale.soldUnits === 0))
    return [...opened, ...this.#resultsOfUnopened()]
  }

  #resultsOfUnopened(): CheckResult[] {
    const advice =
      this.#terms.initialStock === null
        ? 'pass --initial-stock, or an "open" line first'
        : `that of --initial-stock is assumed for ${formatCount(MOST_ASSUMED_SALES)} sales at most`
    const never = [...this.#unopened].filter(([sku]) => !this.#sales.has(sku))
    return never.map(([sku, operations]) => ({
      check: 'no-oversell',
      step: 0,
      sku: sku ?? UNNAMED,
      verdict: 'unknown',
      measured: null,
      allowed: null,
      unit: 'units',
      sentence: `unknown: nobody said how many units it opened with (${formatQuantity(operations, 'operation')}); ${advice}`,
      details: {},
      evidence: [],
    }))
  }

  #open(line: OpenLine, lineNumber: number): void {
    const known = this.#sales.get(line.sku)
    if (this.#opened.has(line.sku)) {
      const which = line.sku === null ? 'the sale' : `the sale "${line.sku}"`
      throw invalid({ file: 'history', lineNumber }, `${which} is open already: an "open" line comes first, and once`)
    }
    if (known !== undefined) this.#reopen(known, line)
    else if (this.#isOfUnnamedAlone(line.sku)) this.#nameUnnamed(line)
    else {
      const sale = this.#add(line.sku, line)
      // Whoever came before is not judged, and may have been sold to.
      sale.missedOperations += this.#unopened.get(line.sku) ?? this.#unnotedOperations
      if (this.#sales.size === 1 && line.sku !== null) sale.missedOperations += this.#unopened.get(null) ?? 0
    }
    this.#opened.add(line.sku)
  }

  /** The sale was opened by assumption, and this says how it opened. */
  #reopen(sale: StreamSale, line: OpenLine): void {
    if (sale.reopen(this.#underJudgement(line.sku, line))) this.#told.get(sale)?.delete('no-oversell')
    const unnamed = this.#sales.get(null)
    if (unnamed === undefined || unnamed === sale || this.#opened.has(null) || this.#sales.size !== 2) return
    // What was heard of two sales is of one.
    sale.isMixed = true
    unnamed.isMixed = true
  }

  #isOfUnnamedAlone(sku: string | null): boolean {
    return sku !== null && this.#sales.size === 1 && this.#sales.has(null) && !this.#opened.has(null)
  }

  /** Lines that named no sale were of this one. */
  #nameUnnamed(line: OpenLine): void {
    const sale = this.#sales.get(null)!
    this.#sales.delete(null)
    this.#sales.set(line.sku, sale)
    this.#heardUnnamed = sale
    this.#reopen(sale, line)
  }

  /** null: nobody has opened it. */
  #saleOf(sku: string | null, lineNumber: number): StreamSale | null {
    const known = this.#sales.get(sku)
    if (known !== undefined) return known
    if (sku === null && this.#sales.size === 1 && this.#opened.size === 1) {
      // Lines without a SKU are of the one sale that was opened by name.
      this.#heardUnnamed = this.#sales.values().next().value!
      return this.#heardUnnamed
    }
    if (this.#terms.initialStock !== null) {
      return this.#sales.size - this.#opened.size < MOST_ASSUMED_SALES ? this.#add(sku, null) : null
    }
    if (sku !== null || this.#sales.size === 0) return null
    throw invalid({ file: 'history', lineNumber }, `names no "sku", and there are ${this.#sales.size} sales`)
  }

  #add(sku: string | null, opening: OpenLine | null): StreamSale {
    const sale = new StreamSale({
      sale: this.#underJudgement(sku, opening),
      memory: this.#memory,
      salt: this.#sales.size,
      refusalsAreFinal: this.#terms.refusalsAreFinal ?? false,
    })
    this.#sales.set(sku, sale)
    // With several sales, nobody knows any more of which one the lines without a SKU were.
    if (this.#heardUnnamed !== null) this.#heardUnnamed.isMixed = true
    sale.isMixed = sku === null && this.#heardUnnamed !== null
    return sale
  }

  #underJudgement(sku: string | null, opening: OpenLine | null): SaleUnderJudgement {
    const { initialStock, perUserLimit, reads, timeoutMs, clockErrorMs } = this.#terms
    const limit = opening?.perUserLimit === undefined ? perUserLimit : opening.perUserLimit
    const nsOrNull = (ms: number | null): number | null => (ms === null ? null : ms * NS_PER_MS)
    return {
      stepIndex: 0,
      sku: sku ?? UNNAMED,
      initialStock: opening?.stock ?? initialStock!,
      perUserLimit: limit,
      perUserLimitKnown: opening?.perUserLimit !== undefined || perUserLimit !== null,
      ...(opening?.hours && {
        hours: {
          opensAtNs: nsOrNull(opening.hours.opensAtMs),
          closesAtNs: nsOrNull(opening.hours.closesAtMs),
          errorMs: 0,
        },
      }),
      promise: { reads, sellsThrough: false },
      timeoutMs,
      clockErrorMs,
    }
  }

  #countUnopened(sku: string | null): void {
    this.unopenedOperations++
    const before = this.#unopened.get(sku)
    if (before !== undefined || this.#unopened.size < MOST_UNOPENED_NAMES) this.#unopened.set(sku, (before ?? 0) + 1)
    else this.#unnotedOperations++
  }

  #noteTold(sale: StreamSale, check: string): void {
    const told = this.#told.get(sale)
    if (told === undefined) this.#told.set(sale, new Set([check]))
    else told.add(check)
  }

  #sum(of: (sale: StreamSale) => number): number {
    let sum = 0
    for (const sale of this.#sales.values()) sum += of(sale)
    return sum
  }
}
