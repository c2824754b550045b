/** The headers of an answer as autocannon's parser gives them: names and values in turn. */
import type { AnswerHeaders } from '../protocol/index.ts'

export class ListedHeaders implements AnswerHeaders {
  readonly #list: readonly string[]

  constructor(list: readonly string[]) {
    this.#list = list
  }

  first(name: string): string | null {
    return this.#all(name)[0] ?? null
  }

  setCookies(): readonly string[] {
    return this.#all('set-cookie')
  }

  #all(name: string): string[] {
    return this.#list.filter((_, at) => at % 2 === 1 && this.#list[at - 1]!.toLowerCase() === name)
  }
}
