/**
 * Order ids as bytes in shared chunks of 1 MiB, one set of chunks per worker, so that millions of ids are neither
 * strings on a heap nor copied between threads. A reference is 32 bits: 12 for the chunk, 20 for the place in it.
 */
import { NO_ORDER_ID } from './step-memory.ts'

const CHUNK_BYTES = 1 << 20
const MAX_CHUNKS = 1 << 12

/** A chunk and its number among those of all workers. */
export interface NumberedChunk {
  readonly number: number
  readonly buffer: SharedArrayBuffer
}

/** Writes the ids of one worker. */
export class OrderIdWriter {
  readonly #nextNumber: () => number
  readonly #chunks: NumberedChunk[] = []
  #bytes: Buffer = Buffer.alloc(0)
  #number = 0
  #at = 0

  /** `nextNumber` gives each chunk of any worker a number of its own, from 0. */
  constructor(nextNumber: () => number) {
    this.#nextNumber = nextNumber
  }

  get chunks(): readonly NumberedChunk[] {
    return this.#chunks
  }

  /** Reference to the id; NO_ORDER_ID when 4 GiB are full. `orderId` has at most 255 bytes in UTF-8. */
  write(orderId: string): number {
    // In UTF-8 a UTF-16 unit takes three bytes at most.
    if (this.#at + 1 + orderId.length * 3 > this.#bytes.length && !this.#addChunk()) return NO_ORDER_ID
    const at = this.#at
    const length = this.#bytes.write(orderId, at + 1, 'utf8')
    this.#bytes[at] = length
    this.#at = at + 1 + length
    return this.#number * CHUNK_BYTES + at
  }

  #addChunk(): boolean {
    const number = this.#nextNumber()
    // The last chunk is left out, so that no reference is NO_ORDER_ID.
    if (number >= MAX_CHUNKS - 1) return false
    const buffer = new SharedArrayBuffer(CHUNK_BYTES)
    this.#chunks.push({ number, buffer })
    this.#bytes = Buffer.from(buffer)
    this.#number = number
    this.#at = 0
    return true
  }
}

/** Reads what the writers of all workers wrote. */
export function orderIdReader(chunks: Iterable<NumberedChunk>): (reference: number) => string | null {
  const byNumber = new Map<number, Buffer>()
  for (const { number, buffer } of chunks) byNumber.set(number, Buffer.from(buffer))
  return (reference) => {
    if (reference === NO_ORDER_ID) return null
    const bytes = byNumber.get(Math.floor(reference / CHUNK_BYTES))
    if (bytes === undefined) return null
    const at = reference % CHUNK_BYTES
    return bytes.toString('utf8', at + 1, at + 1 + bytes[at]!)
  }
}
