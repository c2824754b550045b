/** Waits for what other parts of a test bring about: looked at whenever something changed, with a deadline that names it. */

const DEADLINE_MS = 20_000

export class Changes {
  readonly #waiting = new Set<() => void>()

  notify(): void {
    for (const look of this.#waiting) look()
  }

  /** Resolves to what `found` gives as soon as that is not null. */
  async until<T>(what: string, found: () => T | null): Promise<T> {
    const already = found()
    if (already !== null) return already
    return await new Promise<T>((resolve, reject) => {
      const deadline = setTimeout(() => {
        this.#waiting.delete(look)
        reject(new Error(`${what} did not come within ${DEADLINE_MS} ms`))
      }, DEADLINE_MS)
      const look = (): void => {
        const value = found()
        if (value === null) return
        clearTimeout(deadline)
        this.#waiting.delete(look)
        resolve(value)
      }
      this.#waiting.add(look)
    })
  }
}
