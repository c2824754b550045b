/**
 * Numbers names from 0 in the order of their coming, by 64 bits that are made of each: no name is kept, so that millions
 * of request ids can be known again in some 20 bytes each. Two names of a million share their bits with a chance of one in
 * thirty million; the seed keeps anybody from choosing such a pair.
 */

export class Digester {
  high = 0
  low = 0
  readonly #seed: number

  constructor(seed: number) {
    this.#seed = seed
  }

  /** Leaves the digest of the name in `high` and `low`; the same name under another salt is another one. */
  take(name: string, salt: number): this {
    let high = 0xdead_beef ^ this.#seed ^ salt
    let low = 0x41c6_ce57 ^ this.#seed ^ Math.imul(salt, 0x9e37_79b1)
    for (let i = 0; i < name.length; i++) {
      const unit = name.charCodeAt(i)
      high = Math.imul(high ^ unit, 0x9e37_79b1)
      low = Math.imul(low ^ unit, 0x5f35_6495)
    }
    // The finalizer of cyrb53, over both halves.
    high = Math.imul(high ^ (high >>> 16), 0x85eb_ca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2_ae35)
    low = Math.imul(low ^ (low >>> 16), 0x85eb_ca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2_ae35)
    this.high = high >>> 0
    this.low = low >>> 0
    return this
  }
}

type Digest = Pick<Digester, 'high' | 'low'>

/** Small, since a stream may be of thousands of sales. */
const FIRST_CAPACITY = 32

export class DigestTable {
  size = 0
  #high = new Uint32Array(FIRST_CAPACITY)
  #low = new Uint32Array(FIRST_CAPACITY)
  /** Number plus one; 0: empty. Open addressing, at most half full. */
  #slots = new Uint32Array(2 * FIRST_CAPACITY)

  numberOf(digest: Digest): number | undefined {
    const found = this.#slots[this.#slotOf(digest)]!
    return found === 0 ? undefined : found - 1
  }

  /** The number of the digest, a new one if it has none yet. */
  add(digest: Digest): number {
    const slot = this.#slotOf(digest)
    const found = this.#slots[slot]!
    if (found !== 0) return found - 1
    const number = this.size++
    if (number === this.#high.length) this.#grow()
    this.#high[number] = digest.high
    this.#low[number] = digest.low
    this.#slots[slot] = number + 1
    if (2 * this.size > this.#slots.length) this.#rehash()
    return number
  }

  #slotOf({ high, low }: Digest): number {
    const mask = this.#slots.length - 1
    let slot = low & mask
    for (let found = this.#slots[slot]!; found !== 0; found = this.#slots[slot]!) {
      if (this.#low[found - 1] === low && this.#high[found - 1] === high) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  #grow(): void {
    const capacity = this.#high.length * 2
    const high = new Uint32Array(capacity)
    const low = new Uint32Array(capacity)
    high.set(this.#high)
    low.set(this.#low)
    this.#high = high
    this.#low = low
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let number = 0; number < this.size; number++) {
      let slot = this.#low[number]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
    this.#slots = slots
  }
}

const PAGES = 1_024
const WORDS_A_PAGE = 4_096
const BITS_A_DIGEST = 3

/**
 * Which digests were ever added, in 16 MB at most, whatever their number: it never denies one that was, and sometimes (one
 * in a hundred when it holds ten million) affirms one that was not. The bits of a digest stand in one word, since a look at
 * another costs more than all else.
 */
export class DigestFilter {
  readonly #pages: (Uint32Array | null)[] = Array.from({ length: PAGES }, () => null)

  has({ high, low }: Digest): boolean {
    const page = this.#pages[low % PAGES]!
    if (page === null) return false
    const bits = bitsOf(high)
    return (page[(low >>> 10) % WORDS_A_PAGE]! & bits) === bits
  }

  add({ high, low }: Digest): void {
    const page = (this.#pages[low % PAGES] ??= new Uint32Array(WORDS_A_PAGE))
    page[(low >>> 10) % WORDS_A_PAGE]! |= bitsOf(high)
  }
}

function bitsOf(high: number): number {
  let bits = 0
  for (let i = 0; i < BITS_A_DIGEST; i++) bits |= 1 << ((high >>> (5 * i)) & 31)
  return bits
}
