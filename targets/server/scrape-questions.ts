/**
 * What a scrape asks of stores. One that hangs holds up no scrape, and is not asked again before it has answered: what
 * doesn't come in time is missing.
 */

/** Of all questions of one scrape, ms. Prometheus gives a whole scrape no more than its interval, often a second. */
const DEADLINE_MS = 250

/** Resolves to null, or rejects, where there is no answer. */
type Ask = () => number | null | Promise<number | null>

export class ScrapeQuestions {
  readonly #unanswered = new Set<string>()

  /** The answers that came in time, by the questions' names. Never rejects. */
  async answers(questions: readonly (readonly [name: string, ask: Ask])[]): Promise<ReadonlyMap<string, number>> {
    const answers = new Map<string, number>()
    const asking = questions.map(async ([name, ask]) => {
      const answer = await this.#ask(name, ask)
      if (answer !== null && Number.isFinite(answer)) answers.set(name, answer)
    })
    await endedWithin(DEADLINE_MS, Promise.all(asking))
    // What comes later changes nothing any more.
    return new Map(answers)
  }

  async #ask(name: string, ask: Ask): Promise<number | null> {
    if (this.#unanswered.has(name)) return null
    this.#unanswered.add(name)
    try {
      return await ask()
    } catch {
      return null
    } finally {
      this.#unanswered.delete(name)
    }
  }
}

async function endedWithin(deadlineMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, deadlineMs)
  })
  await Promise.race([work, late])
  clearTimeout(timer)
}
