/**
 * Readers who ask at the same time share one look at the store. A look is shared only by those who asked before it was
 * sent: whoever asks later waits for the next one, so that everybody is shown what was true after they had asked.
 */
export class SharedReads<Value> {
  readonly #look: (name: string) => Promise<Value>
  readonly #underWay = new Map<string, Promise<Value>>()
  readonly #next = new Map<string, Promise<Value>>()
  /** Looks at the store so far. */
  looks = 0

  constructor(look: (name: string) => Promise<Value>) {
    this.#look = look
  }

  get(name: string): Promise<Value> {
    const shared = this.#next.get(name)
    if (shared !== undefined) return shared
    const underWay = this.#underWay.get(name)
    if (underWay === undefined) return this.#start(name)
    const afterIt = (): Promise<Value> => {
      this.#next.delete(name)
      return this.#start(name)
    }
    const next = underWay.then(afterIt, afterIt)
    this.#next.set(name, next)
    return next
  }

  #start(name: string): Promise<Value> {
    this.looks += 1
    const look = this.#look(name).finally(() => this.#underWay.delete(name))
    this.#underWay.set(name, look)
    return look
  }
}
