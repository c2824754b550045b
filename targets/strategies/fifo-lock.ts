/**
 * A lock for each name, within this process, granted in the order of asking. It knows nothing of other processes:
 * that is the mistake which the `mutex` strategy shows.
 */
export class FifoLocks {
  /** Whoever holds a name has an entry here, with those who wait for it. */
  readonly #waiting = new Map<string, (() => void)[]>()

  readonly #waited: (ms: number) => void

  /** `waited`: told how long each waited for its turn, ms. */
  constructor(waited: (ms: number) => void = () => {}) {
    this.#waited = waited
  }

  /** Runs `work` while this name is held; the lock goes to the next when `work` has ended, however it ended. */
  async hold<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
    await this.#acquire(name)
    try {
      return await work()
    } finally {
      this.#release(name)
    }
  }

  #acquire(name: string): Promise<void> | undefined {
    const queue = this.#waiting.get(name)
    if (queue === undefined) {
      this.#waiting.set(name, [])
      this.#waited(0)
      return undefined
    }
    const askedAtMs = performance.now()
    return new Promise((resolve) => {
      queue.push(() => {
        this.#waited(performance.now() - askedAtMs)
        resolve()
      })
    })
  }

  #release(name: string): void {
    const next = this.#waiting.get(name)!.shift()
    if (next === undefined) this.#waiting.delete(name)
    else next()
  }
}
