/** Turns what a driver throws into what a reader can act on. */
import type { StoreName } from '../../core/catalogue.ts'
import { HarnessError } from '../../core/errors.ts'
import { URL_VARIABLE } from './url.ts'

const STORE_TITLE: Readonly<Record<StoreName, string>> = { postgres: 'Postgres', redis: 'Redis' }

/** An error of ours passes unchanged. The driver's own is named by its code and message only, never with the URL. */
export function unreachable(store: StoreName, where: string, cause: unknown): HarnessError {
  if (cause instanceof HarnessError) return cause
  const error = cause as Error & { code?: string; errors?: readonly Error[] }
  const why = [error.message, ...(error.errors ?? []).map((inner) => inner.message)].find((text) => text) ?? error.code
  return new HarnessError('SERVICE_UNAVAILABLE', {
    message: `${STORE_TITLE[store]} at ${where} (from ${URL_VARIABLE[store]}) can't be used: ${why ?? 'no reason given'}`,
    hint: `Does it run, and does ${URL_VARIABLE[store]} name the right user and password? Unset it to let Doorbuster start a server of its own.`,
    cause,
  })
}
