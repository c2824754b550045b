/** A store that can't be audited ends the run: nothing is guessed in its place. */
import { HarnessError } from '../core/errors.ts'

/** By SKU. */
export type BySku<T> = ReadonlyMap<string, T>

/** "orders of step-1", "orders of step-1-cherry and 49 SKUs more" */
export function ordersOf([first, ...others]: readonly string[]): string {
  return `orders of ${first}${others.length === 0 ? '' : ` and ${others.length} SKUs more`}`
}

/** The driver's own error is named by its message only, never with the URL, which may hold a password. */
export function unreadable(store: 'Postgres' | 'Redis', what: string, cause: unknown): HarnessError {
  if (cause instanceof HarnessError) return cause
  const error = cause as Error & { code?: string; errors?: readonly Error[] }
  const why = [error.message, ...(error.errors ?? []).map((inner) => inner.message)].find((text) => text) ?? error.code
  return new HarnessError('SERVICE_FAILED', {
    message: `could not read the ${what} from ${store}: ${why ?? 'no reason given'}`,
    hint: `Is ${store} still running, and do the table and its columns exist? \`doorbuster doctor\` shows what was found.`,
    cause,
  })
}
