/**
 * What a connection has prepared: statements and the portals that they are bound to. A call names them only, and people
 * want to read their text; what the store tells of their types is noted here, too.
 */
import { type SqlStatement, type SqlToken, wordOf } from './sql-words.ts'

export interface Prepared {
  readonly statements: readonly SqlStatement[]
  /** Type oids of the parameters, 0 where it isn't said; the store tells them when it is asked to describe. */
  parameterTypes: readonly number[]
  /** Type oids of the columns; empty: it gives no rows; null: not known. */
  columnTypes: readonly number[] | null
}

export interface Portal {
  readonly prepared: Prepared
  /** Of the columns, as the server wants them; see formatAt. */
  readonly resultFormats: readonly number[]
}

/** Unnamed ones have the name ''. Names are those of one connection. */
export class PreparedOfConnection {
  readonly #statements = new Map<string, Prepared>()
  readonly #portals = new Map<string, Portal>()

  prepare(name: string, statements: readonly SqlStatement[], parameterTypes: readonly number[]): Prepared {
    const prepared = { statements, parameterTypes, columnTypes: null }
    this.#statements.set(name, prepared)
    return prepared
  }

  statement(name: string): Prepared | null {
    return this.#statements.get(name) ?? null
  }

  bind(name: string, portal: Portal): void {
    this.#portals.set(name, portal)
  }

  portal(name: string): Portal | null {
    return this.#portals.get(name) ?? null
  }

  close(kind: 'statement' | 'portal', name: string): void {
    if (kind === 'statement') this.#statements.delete(name)
    else this.#portals.delete(name)
  }

  /** What a statement of SQL takes away of them: a connection of a pool lives long, and prepares again and again. */
  note(statement: SqlStatement): void {
    const last = statement.at(-1)
    switch (wordOf(statement[0]) ?? '') {
      case 'deallocate':
        if (wordOf(last) === 'all') this.#statements.clear()
        else if (last !== undefined) this.#statements.delete(nameOf(last))
        return
      case 'discard':
        if (wordOf(last) === 'all') this.#statements.clear()
        return
      case 'commit':
      case 'end':
      case 'rollback':
      case 'abort':
        // Portals end with their transaction.
        this.#portals.clear()
        return
      default:
    }
  }
}

/** As it is stored: folded to lower case, unless it is quoted. */
function nameOf({ kind, text }: SqlToken): string {
  return kind === 'quoted' ? text.slice(1, -1).replaceAll('""', '"') : text.toLowerCase()
}
