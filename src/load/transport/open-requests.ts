/**
 * The requests in flight, oldest first, as a list threaded through the connections themselves: adding, removing and
 * looking at the oldest cost nothing that grows, so that timeouts need no timer of their own each.
 */
export interface OpenRequest<T> {
  older: T | null
  newer: T | null
}

export class OpenRequests<T extends OpenRequest<T>> {
  #oldest: T | null = null
  #newest: T | null = null

  get oldest(): T | null {
    return this.#oldest
  }

  /** `request` was sent after all others and is in no list. */
  append(request: T): void {
    request.older = this.#newest
    request.newer = null
    if (this.#newest === null) this.#oldest = request
    else this.#newest.newer = request
    this.#newest = request
  }

  /** `request` is in this list. */
  remove(request: T): void {
    if (request.older === null) this.#oldest = request.newer
    else request.older.newer = request.newer
    if (request.newer === null) this.#newest = request.older
    else request.newer.older = request.older
    request.older = null
    request.newer = null
  }
}
