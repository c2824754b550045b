/** What the harness itself made a Redis do while it opened, settled and audited: to be taken out of what the Redis counted. */
export interface OwnRedisWork {
  /** Calls by command and first parameter, as `xinfo|groups`: which of them name a subcommand, the Redis knows. */
  readonly calls: ReadonlyMap<string, number>
  /** By the server, of connections that were closed. */
  readonly receivedBytes: number
  readonly sentBytes: number
}
