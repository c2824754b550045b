/**
 * A started service that may be killed and started again, while whoever holds it sees one and the same. Nothing of it is
 * kept from one life to the next but how it is started.
 */
import type { ResourceFigures } from '../../core/run-record.ts'
import type { StartedService } from '../../target/index.ts'

export class RestartableService implements StartedService {
  readonly #begin: () => Promise<StartedService>
  #current: StartedService

  private constructor(begin: () => Promise<StartedService>, current: StartedService) {
    this.#begin = begin
    this.#current = current
  }

  /** Throws what `begin` throws, now and at each restart. */
  static async start(begin: () => Promise<StartedService>): Promise<RestartableService> {
    return new RestartableService(begin, await begin())
  }

  /** After a {@link kill}. */
  async restart(): Promise<void> {
    this.#current = await this.#begin()
  }

  get pid(): number | null {
    return this.#current.pid
  }

  resources(): ResourceFigures | null {
    return this.#current.resources()
  }

  hasEnded(): boolean {
    return this.#current.hasEnded()
  }

  lastWords(): string {
    return this.#current.lastWords()
  }

  kill(): Promise<void> {
    return this.#current.kill()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#current[Symbol.asyncDispose]()
  }
}
