/**
 * Where a watch keeps what it found: `violations.ndjson`, a line for each, and beside it the lines that prove it, which
 * `verify --history` takes. Made when there is something to keep, or at once where its name was given.
 */
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HarnessError } from '../core/errors.ts'
import { formatReadsPromise, type ReadsPromise } from '../core/promise.ts'
import type { StreamFinding } from '../oracle/index.ts'
import { createFolder, type FolderOptions } from '../results/index.ts'

const VIOLATIONS_FILE = 'violations.ndjson'

export interface KeptFinding {
  /** Of the lines that prove it. */
  readonly path: string
  readonly lines: number
  /** `verify` fails the same check by these lines alone. */
  readonly verifies: boolean
}

export class WatchFolder {
  readonly #options: FolderOptions
  readonly #reads: ReadsPromise
  #made: Promise<string> | null = null
  #path: string | null = null
  #findings = 0

  constructor(options: FolderOptions, reads: ReadsPromise) {
    this.#options = options
    this.#reads = reads
  }

  /** null: nothing was to be kept so far. Absolute. */
  get path(): string | null {
    return this.#path
  }

  /** Throws HarnessError OUT_NOT_EMPTY or RESULTS_NOT_WRITABLE. */
  async make(): Promise<string> {
    this.#made ??= createFolder(this.#options)
    this.#path = await this.#made
    return this.#path
  }

  /** Throws HarnessError RESULTS_NOT_WRITABLE. */
  async keep({ sku, fault, evidence }: StreamFinding, seenAt: Date): Promise<KeptFinding> {
    const { lines, earlierLines, verifies } = evidence()
    const folder = await this.make()
    const file = `${String(++this.#findings).padStart(3, '0')}-${fault.check}.ndjson`
    const violation = {
      check: fault.check,
      sku,
      seenAt: seenAt.toISOString(),
      sentence: fault.sentence,
      evidence: fault.evidence,
      file,
      reads: formatReadsPromise(this.#reads),
      earlierLines,
      verifies,
    }
    try {
      await writeFile(join(folder, file), `${lines.join('\n')}\n`)
      await appendFile(join(folder, VIOLATIONS_FILE), `${JSON.stringify(violation)}\n`)
    } catch (cause) {
      throw new HarnessError('RESULTS_NOT_WRITABLE', {
        message: `${folder}: cannot be written (${(cause as Error).message})`,
        hint: 'Name another folder with --out.',
        cause,
      })
    }
    return { path: join(folder, file), lines: lines.length, verifies }
  }
}
