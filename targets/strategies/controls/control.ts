/**
 * What the small controls have in common. Each is a strategy with one bug, made for one check of the oracle: the check
 * must convict it, and beside that check only those may fail that the fault explains. A check that nothing ever failed
 * proves nothing by passing.
 */
import type { Books, StoreName, StrategyDescription } from '../../../src/core/catalogue.ts'
import type { CheckName } from '../../../src/core/check.ts'
import type { ReadsPromise } from '../../../src/core/promise.ts'
import { POSTGRES_BOOKS } from '../../storage/sale-books.ts'
import { pause } from '../pause.ts'

interface ControlTerms {
  /** `control-` and the bug. */
  readonly name: string
  /** The bug, in one sentence. */
  readonly summary: string
  readonly convictedBy: CheckName
  /** Options of `run smoke` under which the bug shows; absent where it shows without any. */
  readonly shownBy?: readonly string[]
  readonly reads?: ReadsPromise
  readonly sellsThrough?: boolean
  readonly needs?: readonly StoreName[]
  readonly books?: Books
}

export function describeControl(terms: ControlTerms): StrategyDescription {
  const { name, summary, convictedBy, shownBy } = terms
  return {
    name,
    summary,
    control: true,
    promise: { reads: terms.reads ?? { kind: 'linearizable' }, sellsThrough: terms.sellsThrough ?? false },
    rightWith: 'never',
    needs: terms.needs ?? ['postgres'],
    durableWhen: 'at COMMIT',
    books: terms.books ?? POSTGRES_BOOKS,
    convictedBy,
    ...(shownBy !== undefined && { shownBy }),
  }
}

export interface Repeated {
  /** Resolves when the work under way is done. */
  stop(): Promise<void>
}

/** Does `work` again and again, with a pause before each time. A failure (a store is down) ends that time only. */
export function repeat(pauseMs: number, work: () => Promise<void>): Repeated {
  const stopping = new AbortController()
  const { signal } = stopping
  const finished = (async () => {
    while (!signal.aborted) {
      await pause(pauseMs, signal)
        .then(work)
        .catch(() => {})
    }
  })()
  return {
    async stop() {
      stopping.abort()
      await finished
    },
  }
}
