/**
 * Numbers names from 0 in the order of their coming. A Map does the same in four times the memory: here a name costs its
 * own string, a reference and some 12 bytes, and a new name is told from the known ones without looking at any of them.
 */

/** Small, since a history may be of thousands of sales. */
const FIRST_CAPACITY = 32

export class NameTable {
  readonly #names: (string | null)[] = []
  #hashes = new Uint32Array(FIRST_CAPACITY)
  /** Number of a name plus one; 0: empty. Open addressing, at most half full. */
  #slots = new Uint32Array(2 * FIRST_CAPACITY)

  get size(): number {
    return this.#names.length
  }

  /** null for what was added without a name. */
  nameOf(number: number): string | null {
    return this.#names[number] ?? null
  }

  numberOf(name: string): number | undefined {
    const found = this.#slots[this.#slotOf(name, hashOf(name))]!
    return found === 0 ? undefined : found - 1
  }

  /** The number of the name, a new one if it has none yet. */
  add(name: string): number {
    const hash = hashOf(name)
    const slot = this.#slotOf(name, hash)
    const found = this.#slots[slot]!
    if (found !== 0) return found - 1
    const number = this.#names.push(name) - 1
    if (number === this.#hashes.length) this.#hashes = doubled(this.#hashes)
    this.#hashes[number] = hash
    this.#slots[slot] = number + 1
    if (2 * (number + 1) > this.#slots.length) this.#rehash()
    return number
  }

  /** A new number for something that has no name. */
  addNameless(): number {
    const number = this.#names.push(null) - 1
    if (number === this.#hashes.length) this.#hashes = doubled(this.#hashes)
    return number
  }

  /** The slot of the name, or the empty one where it belongs. */
  #slotOf(name: string, hash: number): number {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = hash & mask
    for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
      if (this.#hashes[found - 1] === hash && this.#names[found - 1] === name) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (let number = 0; number < this.#names.length; number++) {
      if (this.#names[number] === null) continue
      let slot = this.#hashes[number]! & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = number + 1
    }
    this.#slots = slots
  }
}

function doubled(from: Uint32Array): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(from.length * 2)
  to.set(from)
  return to
}

/** FNV-1a over UTF-16 units, with the finalizer of MurmurHash3: ids that differ in their last digits must not cluster. */
export function hashOf(name: string): number {
  let hash = 0x811c_9dc5
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x0100_0193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85eb_ca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2_ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
