/**
 * Messages of a server to Postgres, gathered into calls: what belongs to one Sync, a simple query, a function call, or the
 * data of a COPY up to their end.
 * A Flush ends a call, too, where the driver waits for it. That can't be seen; but whoever waits sends nothing more, so
 * that a Flush is the last of what has come. If more of the call was only late, it is two calls instead of one: the store
 * could have seen it like that in any case. The transaction stays open between them, so that the Sync that ends it does
 * what all of them did.
 * A prepared statement costs no step of its own where a driver prepares it apart from its use: it is set-up.
 */
import { type Access, strongest } from './access.ts'
import { FrameFault, MAX_FRAME_BYTES } from './frame-fault.ts'
import { MessageReader } from './message-reader.ts'
import type { Asked } from './postgres-answer.ts'
import type { PostgresMessage } from './postgres-frames.ts'
import { type Portal, type Prepared, PreparedOfConnection } from './postgres-prepared.ts'
import { formatAt, valueText } from './postgres-values.ts'
import { shortLine } from './short-line.ts'
import { effectOf, type SqlEffect } from './sql-effect.ts'
import { type SqlStatement, sqlLine, statementsOf } from './sql-words.ts'
import type { CallTraits } from './talk.ts'
import type { TransactionIsolation } from './transaction-isolation.ts'

export interface PostgresCall {
  readonly traits: CallTraits
  readonly bytes: Buffer
  readonly asked: readonly Asked[]
}

/** What is done in a call: statements, or something that has no text of its own. */
type Deed = { readonly statements: readonly SqlStatement[] } | { readonly words: string }

const MAX_TEXT = 2_000
const MAX_STATEMENT = 200
const MAX_VALUE = 200
/** For a query without a statement. */
const EMPTY = '(empty)'
/** Nothing that others could notice, and no work: parts of what a driver does for itself. */
const OWN_BUSINESS: SqlEffect = { access: 'nothing', isSetUp: true }

export class PostgresCalls {
  readonly #isolation: TransactionIsolation
  readonly #prepared = new PreparedOfConnection()
  #bytes: Buffer[] = []
  #length = 0
  #asked: Asked[] = []
  #deeds: Deed[] = []
  #values: string[] = []
  /** What is only prepared or closed in this call, in words. */
  #ownBusiness: { readonly text: string; readonly statement: string }[] = []
  #bound = new Set<Portal>()
  #endsAtFlush = false
  #wasQuery = false
  #isCopying = false
  /** What was done since the last Sync, in calls that ended at a Flush. */
  #open: Access = 'nothing'

  constructor(isolation: TransactionIsolation) {
    this.#isolation = isolation
  }

  /** The call that this message ends; null: none. */
  take(message: PostgresMessage): PostgresCall | FrameFault | null {
    this.#bytes.push(message.bytes)
    this.#length += message.bytes.length
    if (this.#length > MAX_FRAME_BYTES) return new FrameFault(`a call has more than ${MAX_FRAME_BYTES} bytes`)
    this.#endsAtFlush = message.type === 'H'
    const reader = new MessageReader(message.body)
    switch (message.type) {
      case 'Q':
        return this.#query({ statements: statementsOf(reader.string()) })
      case 'F':
        return this.#query({ words: `FUNCTION CALL ${reader.int32()}` })
      case 'P':
        this.#parse(reader)
        return null
      case 'B':
        this.#bind(reader)
        return null
      case 'D':
        this.#describe(reader)
        return null
      case 'E':
        this.#execute(reader)
        return null
      case 'C':
        this.#close(reader)
        return null
      case 'H':
        return null
      case 'd':
        this.#copies()
        return null
      case 'c':
      case 'f':
        return this.#copied()
      case 'S':
        this.#asked.push({ kind: 'sync' })
        return this.#finish('sync')
      default:
        return new FrameFault(`a message of type "${message.type}" is not known`)
    }
  }

  /** All that has come was taken. The call that a Flush ends; null: none. */
  endOfPiece(): PostgresCall | null {
    return this.#endsAtFlush ? this.#finish('flush') : null
  }

  #query(deed: Deed): PostgresCall {
    this.#asked.push({ kind: 'query' })
    this.#deeds.push(deed)
    return this.#finish('query')
  }

  #parse(reader: MessageReader): void {
    const name = reader.string()
    const statements = statementsOf(reader.string())
    this.#prepared.prepare(name, statements, reader.int32s())
    this.#asked.push({ kind: 'parse' })
    this.#ownBusiness.push({
      text: `prepare ${linesOf([{ statements }], 'kept').join(' ')}`,
      statement: `PREPARE ${linesOf([{ statements }], 'left out').join(' ')}`,
    })
  }

  #bind(reader: MessageReader): void {
    const portalName = reader.string()
    const name = reader.string()
    const formats = reader.int16s()
    const values = reader.values()
    const resultFormats = reader.int16s()
    this.#asked.push({ kind: 'bind' })
    const prepared = this.#prepared.statement(name)
    if (prepared === null) {
      this.#deeds.push({ words: `EXECUTE ${name}` })
    } else {
      const portal = { prepared, resultFormats }
      this.#prepared.bind(portalName, portal)
      this.#bound.add(portal)
      this.#deeds.push(prepared)
    }
    this.#values.push(...valueTexts(values, formats, prepared))
  }

  #describe(reader: MessageReader): void {
    const isStatement = reader.byte() === STATEMENT
    const name = reader.string()
    const prepared = isStatement ? this.#prepared.statement(name) : this.#prepared.portal(name)?.prepared
    this.#asked.push({ kind: 'describe', prepared: prepared ?? null })
  }

  #execute(reader: MessageReader): void {
    const portal = this.#prepared.portal(reader.string())
    this.#asked.push({ kind: 'execute', portal })
    // Bound in an earlier call: the next rows of it.
    if (portal !== null && !this.#bound.has(portal)) this.#deeds.push(portal.prepared)
  }

  #close(reader: MessageReader): void {
    const kind = reader.byte() === STATEMENT ? 'statement' : 'portal'
    this.#prepared.close(kind, reader.string())
    this.#asked.push({ kind: 'close' })
    this.#ownBusiness.push({ text: `close a ${kind}`, statement: 'CLOSE' })
  }

  #copies(): void {
    if (this.#isCopying) return
    this.#isCopying = true
    this.#deeds.push({ words: 'COPY data' })
  }

  /** Behind a simple query that is its end. Else it is the end of an Execute, whose Sync is still to come. */
  #copied(): PostgresCall | null {
    this.#copies()
    this.#asked.push(this.#wasQuery ? { kind: 'query' } : { kind: 'execute', portal: null })
    return this.#wasQuery ? this.#finish('query') : null
  }

  #finish(end: 'query' | 'sync' | 'flush'): PostgresCall {
    const traits = this.#traits(end)
    const call = { traits, bytes: Buffer.concat(this.#bytes), asked: this.#asked }
    this.#wasQuery = end === 'query'
    this.#bytes = []
    this.#length = 0
    this.#asked = []
    this.#deeds = []
    this.#values = []
    this.#ownBusiness = []
    this.#bound = new Set()
    this.#endsAtFlush = false
    this.#isCopying = false
    return call
  }

  #traits(end: 'query' | 'sync' | 'flush'): CallTraits {
    const effects = this.#deeds.flatMap((deed) => this.#effectsOf(deed))
    // A query without a statement is nobody's work, and no set-up either: some drivers ask so whether anybody is there.
    const own = this.#deeds.length === 0 ? [OWN_BUSINESS] : effects
    const access = strongest([...own.map(({ access }) => access), this.#open])
    const isSetUp = own.length > 0 && own.every(({ isSetUp }) => isSetUp) && this.#open === 'nothing'
    this.#open = end === 'flush' ? access : 'nothing'
    return { ...this.#words(), values: this.#values, access, isSetUp, mayBlock: false }
  }

  #effectsOf(deed: Deed): SqlEffect[] {
    if ('words' in deed) return [{ access: 'write', isSetUp: false }]
    return deed.statements.map((statement) => {
      const effect = effectOf(statement, this.#isolation.snapshot)
      this.#isolation.note(statement)
      this.#prepared.note(statement)
      return effect
    })
  }

  #words(): { readonly text: string; readonly statement: string } {
    if (this.#deeds.length === 0) {
      return {
        text: this.#ownBusiness.map(({ text }) => shortLine(text, MAX_TEXT)).join('\n') || 'sync',
        statement: shortLine(this.#ownBusiness.map(({ statement }) => statement).join('; ') || 'SYNC', MAX_STATEMENT),
      }
    }
    const lines = linesOf(this.#deeds, 'kept').map((line) => shortLine(line, MAX_TEXT))
    return {
      text: lines.join('\n') || EMPTY,
      statement: shortLine(linesOf(this.#deeds, 'left out').join('; '), MAX_STATEMENT) || EMPTY,
    }
  }
}

/** Of Describe and Close: a statement and not a portal. */
const STATEMENT = 'S'.charCodeAt(0)

function linesOf(deeds: readonly Deed[], literals: 'kept' | 'left out'): string[] {
  return deeds.flatMap((deed) =>
    'words' in deed ? [deed.words] : deed.statements.map((statement) => sqlLine(statement, literals)),
  )
}

function valueTexts(
  values: readonly (Buffer | null)[],
  formats: readonly number[],
  prepared: Prepared | null,
): readonly string[] {
  return values.map((value, index) => {
    const type = prepared?.parameterTypes[index] ?? 0
    return shortLine(valueText(value, formatAt(formats, index), type), MAX_VALUE)
  })
}
