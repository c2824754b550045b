/** A store that fails, and what is known about the request that was on its way to it. */
export class StoreFailure extends Error {
  /** `none`: the store surely did not do what it was asked. */
  readonly effect: 'none' | 'unknown'
  /** What Postgres says is the matter (https://www.postgresql.org/docs/current/errcodes-appendix.html); null: it says nothing. */
  readonly sqlState: string | null

  constructor(store: string, effect: 'none' | 'unknown', cause: unknown, sqlState: string | null = null) {
    super(`${store}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'StoreFailure'
    this.effect = effect
    this.sqlState = sqlState
  }
}

/** Also of one that another copy of this module made: a strategy of somebody's own brings one along. */
export function isStoreFailure(error: unknown): error is StoreFailure {
  return error instanceof Error && error.name === 'StoreFailure' && 'effect' in error
}
