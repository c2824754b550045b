/** What an action or a query that failed says. */
import { HarnessError } from '../../core/errors.ts'

/**
 * The driver's error is kept by its message only: errors of drivers hold what was sent, passwords too.
 * @param where the store by its name: `postgres://shop:***@127.0.0.1/shop`
 */
export function storeFailed(where: string, cause: unknown, redact: (text: string) => string): HarnessError {
  if (cause instanceof HarnessError) return cause
  return new HarnessError('SERVICE_FAILED', { message: redact(`${where}: ${reasonOf(cause)}`) })
}

/** Errors of several addresses of one host have their messages inside. */
export function reasonOf(cause: unknown): string {
  const error = cause as { message?: string; code?: string; errors?: readonly Error[]; sqlMessage?: string }
  const messages = [error.sqlMessage, error.message, ...(error.errors ?? []).map(({ message }) => message)]
  return messages.find((text) => text !== undefined && text !== '') ?? error.code ?? 'no reason given'
}
