/** The last lines of a stream, as they came: what was seen before a fault can be judged again by anybody. */
import { createHistoryCourt } from './history-court.ts'
import { openLineOf } from './history-line.ts'
import type { StreamFault, StreamSale } from './stream-sale.ts'
import type { ReadsPromise } from '../core/promise.ts'

/** So many lines are kept, over all sales. */
const KEPT_LINES = 20_000
/** And so many characters of them. */
const KEPT_CHARACTERS = 32 * 1024 * 1024

interface KeptLine {
  readonly text: string
  readonly sale: StreamSale
  /** Units that it was the first to tell; 0 for a replay, and for all else. */
  readonly newUnits: number
}

interface Dropped {
  lines: number
  units: number
}

export interface FaultEvidence {
  /** NDJSON lines that `verify --history` takes. */
  readonly lines: readonly string[]
  /** Lines of the sale that came before these. */
  readonly earlierLines: number
  /** `verify` fails the same check by these lines alone. */
  readonly verifies: boolean
}

export class RecentLines {
  /** A ring. */
  readonly #kept: (KeptLine | undefined)[] = []
  #oldest = 0
  #count = 0
  #characters = 0
  readonly #dropped = new Map<StreamSale, Dropped>()

  keep(line: KeptLine): void {
    this.#characters += line.text.length
    while (this.#count === KEPT_LINES || (this.#count > 0 && this.#characters > KEPT_CHARACTERS)) this.#dropOldest()
    this.#kept[(this.#oldest + this.#count++) % KEPT_LINES] = line
  }

  /**
   * What there is of the sale. Where older lines are gone, units that they sold are taken off the stock that it opens with,
   * and their replays left out, so that an oversell still shows; what rests on the order of events then can't be shown.
   */
  evidenceOf(stream: StreamSale, fault: StreamFault, reads: ReadsPromise): FaultEvidence {
    const { lines: earlierLines, units } = this.#dropped.get(stream) ?? { lines: 0, units: 0 }
    const isOversell = fault.check === 'no-oversell'
    const lines = [openingOf(stream, isOversell ? units : 0)]
    for (const { text, newUnits } of this.#linesOf(stream)) {
      if (earlierLines === 0 || !isOversell || newUnits > 0) lines.push(text)
    }
    const canVerify = earlierLines === 0 || !fault.restsOnOrder
    return { lines, earlierLines, verifies: canVerify && verifies(lines, stream, fault, reads) }
  }

  #dropOldest(): void {
    const { text, sale, newUnits } = this.#kept[this.#oldest]!
    this.#kept[this.#oldest] = undefined
    this.#oldest = (this.#oldest + 1) % KEPT_LINES
    this.#count--
    this.#characters -= text.length
    const dropped = this.#dropped.get(sale)
    if (dropped === undefined) this.#dropped.set(sale, { lines: 1, units: newUnits })
    else {
      dropped.lines++
      dropped.units += newUnits
    }
  }

  *#linesOf(stream: StreamSale): Iterable<KeptLine> {
    for (let i = 0; i < this.#count; i++) {
      const line = this.#kept[(this.#oldest + i) % KEPT_LINES]!
      if (line.sale === stream) yield line
    }
  }
}

function openingOf({ sale }: StreamSale, soldBefore: number): string {
  return openLineOf({ ...sale, initialStock: Math.max(0, sale.initialStock - soldBefore) })
}

function verifies(
  lines: readonly string[],
  { sale }: StreamSale,
  { check }: StreamFault,
  reads: ReadsPromise,
): boolean {
  const court = createHistoryCourt({
    initialStock: null,
    perUserLimit: null,
    remainingStock: null,
    hasLedger: false,
    reads,
    clockErrorMs: sale.clockErrorMs,
  })
  lines.forEach((text, index) => court.historyLine(text, index + 1))
  return court.verdict().some((result) => result.check === check && result.verdict === 'fail')
}
