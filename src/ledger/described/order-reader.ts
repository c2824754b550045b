/** Makes orders of what a ledger's query gave: rows of a table, or members of a document. Pure. */
import { HarnessError } from '../../core/errors.ts'
import type { LedgerOrder } from '../../core/ledger.ts'
import { valueAtPointer } from '../../core/locate.ts'
import type { OrderColumns } from '../../core/target-descriptor.ts'

/** Maps the service's own ids to those of the history. */
export interface OrderNames {
  readonly requestIdOf: (theirs: string) => string
  readonly userIdOf: (theirs: string) => string
}

type Column = Exclude<keyof OrderColumns, 'areGuessed'>

const COLUMNS: readonly Column[] = ['orderId', 'requestId', 'userId', 'quantity']

/** Of one reading: rows are counted through all of its parts. */
export class OrderReader {
  readonly #columns: OrderColumns
  readonly #names: OrderNames
  readonly #orders: LedgerOrder[] = []
  readonly #seen = new Set<Column>()
  #rows = 0
  #someNames: readonly string[] = []

  constructor(columns: OrderColumns, names: OrderNames) {
    this.#columns = columns
    this.#names = names
  }

  /** Throws HarnessError SERVICE_FAILED with the column that isn't there, or the row that is no order. */
  addRows(names: readonly string[], rows: readonly (readonly unknown[])[]): void {
    this.#someNames = names
    const places = new Map(COLUMNS.map((column) => [column, this.#placeOf(column, names)]))
    for (const row of rows) {
      this.#add((column) => {
        const place = places.get(column)
        return place === null || place === undefined ? null : row[place]
      })
    }
  }

  /**
   * Members by name, or by JSON pointer where the name begins with `/`. Not every item has to have all of them.
   * @param own columns beside the members, which win by name
   */
  addItem(item: unknown, own: Readonly<Record<string, string>> = {}): void {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw wrong(`row ${this.#rows + 1} is ${JSON.stringify(item)?.slice(0, 60)}, not an object`)
    }
    if (this.#rows === 0) this.#someNames = [...new Set([...Object.keys(own), ...Object.keys(item)])]
    this.#add((column) => {
      const name = this.#columns[column]
      if (name === null) return null
      const value = Object.hasOwn(own, name)
        ? own[name]
        : valueAtPointer(item, name.startsWith('/') ? name : `/${escapePointer(name)}`)
      if (value !== undefined) this.#seen.add(column)
      return value
    })
  }

  /** Throws HarnessError SERVICE_FAILED when a column that was named was in no item. */
  finish(): readonly LedgerOrder[] {
    if (this.#rows > 0) {
      for (const column of COLUMNS) if (!this.#isThere(column)) throw this.#missing(column, this.#someNames)
    }
    return this.#orders
  }

  #isThere(column: Column): boolean {
    return this.#seen.has(column) || this.#mayBeMissing(column)
  }

  /** What nobody named is only looked for. */
  #mayBeMissing(column: Column): boolean {
    return this.#columns[column] === null || (column !== 'orderId' && this.#columns.areGuessed === true)
  }

  /** null: it isn't there, and needn't be. Case counts only between several: Postgres makes `orderid` of an unquoted `orderId`. */
  #placeOf(column: Column, names: readonly string[]): number | null {
    const name = this.#columns[column]
    if (name === null) return null
    const exact = names.indexOf(name)
    const alike = names.filter((other) => other.toLowerCase() === name.toLowerCase())
    const place = exact !== -1 ? exact : alike.length === 1 ? names.indexOf(alike[0]!) : -1
    if (place !== -1) this.#seen.add(column)
    else if (this.#mayBeMissing(column)) return null
    else throw this.#missing(column, names)
    return place
  }

  #missing(column: Column, names: readonly string[]): HarnessError {
    const there = names.length === 0 ? 'it has none' : `it has ${names.map((name) => `"${name}"`).join(', ')}`
    return wrong(`the result has no column "${this.#columns[column]}" (ledger.columns.${column}): ${there}`)
  }

  #add(valueOf: (column: Column) => unknown): void {
    this.#rows++
    const orderId = this.#textIn('orderId', valueOf)
    if (orderId === null || orderId === '') {
      if (!this.#seen.has('orderId')) throw this.#missing('orderId', this.#someNames)
      throw wrong(`row ${this.#rows} has no order id in "${this.#columns.orderId}"`)
    }
    const requestId = this.#textIn('requestId', valueOf)
    const userId = this.#textIn('userId', valueOf)
    this.#orders.push({
      orderId,
      requestId: requestId === null || requestId === '' ? null : this.#names.requestIdOf(requestId),
      userId: userId === null || userId === '' ? null : this.#names.userIdOf(userId),
      quantity: this.#quantityIn(valueOf),
      durable: true,
    })
  }

  #textIn(column: Column, valueOf: (column: Column) => unknown): string | null {
    const value = valueOf(column)
    if (value === null || value === undefined) return null
    if (typeof value === 'string') return value
    if (typeof value === 'number' && Number.isFinite(value)) return String(value)
    throw wrong(
      `row ${this.#rows}, column "${this.#columns[column]}": ${JSON.stringify(value).slice(0, 60)} is neither a text nor a number`,
    )
  }

  #quantityIn(valueOf: (column: Column) => unknown): number {
    const text = this.#textIn('quantity', valueOf)
    if (text === null) return 1
    const quantity = /^\d+(?:\.0+)?$/.test(text) ? Number(text) : 0
    if (quantity >= 1 && Number.isSafeInteger(quantity)) return quantity
    throw wrong(
      `row ${this.#rows}, column "${this.#columns.quantity}": "${text}" is no whole number of units from 1 on`,
    )
  }
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}

function wrong(message: string): HarnessError {
  return new HarnessError('SERVICE_FAILED', { message })
}
