/** A store that can't be audited ends the run: nothing is guessed in its place. */
import { HarnessError } from '../core/errors.ts'

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
