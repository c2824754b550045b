/**
 * Whether what a connection reads is read above READ COMMITTED, by the statements that it sent. Such reads don't leave
 * things as they are: the first fixes what the later ones see, and SERIALIZABLE remembers each.
 * What the roles and the database of a store have as their default it can't see. Pure.
 */
import { type SqlStatement, wordOf } from './sql-words.ts'

const DEFAULT_NAME = 'default_transaction_isolation'
const NAME = 'transaction_isolation'

/**
 * What a statement sees of others: `own`: what was committed when it began, and nobody notices; `remembered`: likewise, but
 * SERIALIZABLE remembers what it read; `of-transaction`: what was committed when the first query of its transaction began.
 */
export type Snapshot = 'own' | 'remembered' | 'of-transaction'

export class TransactionIsolation {
  #isDefaultAbove: boolean
  #isInTransaction = false
  /** null: as the default is. */
  #isAbove: boolean | null = null

  /** @param startUp the message by which a connection begins: its options may set the default */
  constructor(startUp: Buffer) {
    this.#isDefaultAbove = STARTS_ABOVE.test(startUp.toString('latin1'))
  }

  get snapshot(): Snapshot {
    if (!(this.#isAbove ?? this.#isDefaultAbove)) return 'own'
    return this.#isInTransaction ? 'of-transaction' : 'remembered'
  }

  /** Of each statement, in the order of their sending. */
  note(statement: SqlStatement): void {
    switch (wordOf(statement[0]) ?? '') {
      case 'begin':
      case 'start':
        this.#isAbove = levelIn(statement)
        this.#isInTransaction = true
        return
      case 'set':
        this.#noteSetting(statement)
        return
      case 'reset':
      case 'discard':
        if (['all', DEFAULT_NAME].includes(wordOf(statement[1]) ?? '')) this.#isDefaultAbove = false
        return
      case 'commit':
      case 'end':
      case 'rollback':
      case 'abort':
        if (endsTransaction(statement)) this.#end()
        return
      default:
    }
  }

  #end(): void {
    this.#isAbove = null
    this.#isInTransaction = false
  }

  #noteSetting(statement: SqlStatement): void {
    const words = statement.map((token) => wordOf(token))
    const level = levelIn(statement)
    if (words.includes('characteristics')) this.#isDefaultAbove = level ?? this.#isDefaultAbove
    else if (words.includes('transaction')) this.#isAbove = level ?? this.#isAbove
    else if (words.includes(DEFAULT_NAME)) this.#isDefaultAbove = HIGH.test(valueIn(statement))
    else if (words.includes(NAME)) this.#isAbove = HIGH.test(valueIn(statement))
  }
}

const HIGH = /serializable|repeatable/i
const STARTS_ABOVE = /default_transaction_isolation[\0=\s]+'?(?:serializable|repeatable)/i

/** ISOLATION LEVEL ...: whether it is above READ COMMITTED; null: none is named. */
function levelIn(statement: SqlStatement): boolean | null {
  const at = statement.findIndex((token) => wordOf(token) === 'level')
  return at < 0 ? null : HIGH.test(statement[at + 1]?.text ?? '')
}

/** Behind `=` or TO, which may be a word or a string. */
function valueIn(statement: SqlStatement): string {
  const at = statement.findIndex((token) => token.text === '=' || wordOf(token) === 'to')
  return at < 0 ? '' : (statement[at + 1]?.text ?? '')
}

/** ROLLBACK TO a savepoint does not, and AND CHAIN begins another one of the same kind. */
function endsTransaction(statement: SqlStatement): boolean {
  const words = statement.map((token) => wordOf(token))
  if (words.includes('to') || words.includes('prepared')) return false
  return !words.includes('chain') || words.includes('no')
}
