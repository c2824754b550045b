/**
 * What the gates and whoever opens them speak of: the calls of a server to its stores, each held until it is let through.
 * A call is what a store does at once for its caller: what belongs to one Sync or simple query of Postgres; one command of
 * Redis, a pipeline (commands that came in one piece), a MULTI with its EXEC, a script.
 */
import type { StoreName } from '../core/catalogue.ts'

export interface StoreCall {
  /** Unique and rising over all gates of a race. */
  readonly id: number
  readonly store: StoreName
  /** Unique over all gates. Calls of one connection reach the store in the order in which they were sent. */
  readonly connection: number
  /** As it is recognised in another execution: statements, or names of commands; no values, no keys. */
  readonly statement: string
  /** For people: the statement with placeholders, or the command with its arguments. One line for each of several. */
  readonly text: string
  /** Values of the placeholders, as text; binary ones in hexadecimal; `null` as "NULL". */
  readonly values: readonly string[]
  /** `read`: the store is left as it is, and no lock is taken. `nothing`: the store is not asked anything that others could
   *  notice, and tells nothing of them (BEGIN, PING, SELECT 1). Where in doubt, `write`. */
  readonly access: 'read' | 'write' | 'nothing'
  /** Belongs to the connection, not to anybody's work: SET, AUTH, HELLO, CLIENT, SELECT of a database, DISCARD. */
  readonly isSetUp: boolean
  /** May wait in the store for something that another call does, by what it is: BLPOP, XREADGROUP BLOCK, ... */
  readonly mayBlock: boolean
}

export interface StoreReply {
  /** For people, shortened to a line: "1 row: 10, 1", "UPDATE 1", "error 23505: duplicate key ...", "OK", "nil". */
  readonly text: string
  readonly isError: boolean
}

export interface StoreGateEvents {
  /** A call stands before the gate. Of a connection, only the first that was not let through can be, when those before it
   *  are answered: handed on or not. */
  onCall(call: StoreCall): void
  /** The server closed the connection, or the store did; calls of it that stand before the gate are gone. Not told of what
   *  `cut`, `cutAll` and the end of the gate close. */
  onClosed(connection: number): void
}

/** One store behind a gate on a port of the loopback. */
export interface StoreGate extends AsyncDisposable {
  readonly store: StoreName
  readonly host: '127.0.0.1'
  readonly port: number
  /**
   * Lets a call through to the store, and resolves when its whole reply is here. The server has not got it yet.
   * Rejects when the store closes the connection, or the gate is disposed of.
   */
  execute(call: StoreCall): Promise<StoreReply>
  /** Hands the reply of an executed call on to the server. Replies of one connection go in the order of its calls. */
  deliver(call: StoreCall): void
  /** Closes the server's connection without the reply, and the store's connection as soon as nothing is under way on it. */
  cut(call: StoreCall): void
  /** Process id of the store's side of a connection (Postgres: of its backend), by which locks can be asked after; null: none. */
  backendOf(connection: number): number | null
  /** Whether something goes on that needs nobody's leave: a connection is being made, or what passes by itself is under way. */
  readonly isBusy: boolean
  /** Rises with all that comes to the gate or leaves it: as long as it stands, the server can't have been woken from here. */
  readonly traffic: number
  /** Closes all connections of the server at once; calls under way end in the store as if it had died. */
  cutAll(): void
}
