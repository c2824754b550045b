/**
 * Gathers what is asked for while others are being served, and hands it on in batches, in the order of asking.
 * There are a few slots; each serves one batch at a time. A batch is made up as soon as a slot is free and the event
 * loop has taken in what had arrived (`setImmediate`): never by a timer, which would make the first wait for nobody.
 * So batches are small while there is little to do, and grow with the load by themselves.
 */

export interface BatchBounds {
  /** Batches under way at once. */
  readonly slots: number
  readonly maxBatch: number
}

/** Serves a batch and tells the askers; must not reject. */
type Serve<Item> = (batch: readonly Item[]) => Promise<void>

export class Batcher<Item> {
  readonly #bounds: BatchBounds
  readonly #serve: Serve<Item>
  #waiting: Item[] = []
  #freeSlots: number
  #isScheduled = false

  constructor(bounds: BatchBounds, serve: Serve<Item>) {
    this.#bounds = bounds
    this.#serve = serve
    this.#freeSlots = bounds.slots
  }

  add(item: Item): void {
    this.#waiting.push(item)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#freeSlots === 0 || this.#waiting.length === 0) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  /** One batch of all that waits: shared among the free slots, it would be brought to disk as often as there are slots. */
  #flush(): void {
    while (this.#freeSlots > 0 && this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#bounds.maxBatch)
      this.#freeSlots -= 1
      void this.#serve(batch).then(() => {
        this.#freeSlots += 1
        this.#schedule()
      })
    }
  }
}
