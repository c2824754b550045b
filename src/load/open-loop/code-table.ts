/**
 * Numbers for the codes of refusals, unknowns and drops. Each worker numbers codes that nobody foresaw in a range of
 * its own, so that the tables of all workers are one without renumbering a row.
 */
import { GENERATOR_FAILURES } from '../../core/failure-codes.ts'
import { PROBLEMS } from '../../core/wire.ts'

/** Codes of the generator's own; those of the contract follow, all with the same number in every worker. */
export const KNOWN_CODES: readonly string[] = [
  '',
  'IN_FLIGHT_BOUND',
  'INTERRUPTED',
  ...GENERATOR_FAILURES,
  'OTHER',
  ...Object.keys(PROBLEMS).filter((code) => code !== 'TIMEOUT'),
]

/** Further codes that one worker can tell apart; what comes beyond is OTHER. */
export const CODES_PER_WORKER = 256

export class CodeTable {
  readonly #base: number
  readonly #numbers = new Map(KNOWN_CODES.map((code, number) => [code, number]))
  readonly #added: string[] = []

  constructor(workerIndex: number) {
    this.#base = KNOWN_CODES.length + workerIndex * CODES_PER_WORKER
  }

  /** Codes that were not foreseen, in the order of their numbers. */
  get added(): readonly string[] {
    return this.#added
  }

  numberOf(code: string): number {
    const number = this.#numbers.get(code)
    if (number !== undefined) return number
    if (this.#added.length === CODES_PER_WORKER) return this.#numbers.get('OTHER')!
    const next = this.#base + this.#added.length
    this.#added.push(code)
    this.#numbers.set(code, next)
    return next
  }
}

/** The table for a whole step from what each worker added, by worker index. */
export function mergeCodes(added: readonly (readonly string[])[]): string[] {
  const codes = [...KNOWN_CODES]
  added.forEach((ofWorker, workerIndex) => {
    ofWorker.forEach((code, i) => (codes[KNOWN_CODES.length + workerIndex * CODES_PER_WORKER + i] = code))
  })
  return Array.from(codes, (code) => code ?? '')
}
