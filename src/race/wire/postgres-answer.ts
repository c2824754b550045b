/**
 * The store's answer to one call of Postgres: when it is complete, and what it says to people.
 * Where a call ends with a Sync or is a simple query, ReadyForQuery closes its answer. One that ends at a Flush has no such
 * mark; but each of its messages has an answer of its own, in their order, and by the kinds of those it is known which one
 * comes next: ParseComplete, BindComplete, CloseComplete, a description or NoData, and for Execute one of CommandComplete,
 * EmptyQueryResponse and PortalSuspended behind its rows. An error stands for all of them up to the next Sync: what is sent
 * before that gets no answer at all.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
import type { StoreReply } from '../store-call.ts'
import type { Answer } from './call-line.ts'
import { MessageReader } from './message-reader.ts'
import type { PostgresMessage } from './postgres-frames.ts'
import type { Portal, Prepared } from './postgres-prepared.ts'
import { formatAt, valueText } from './postgres-values.ts'
import { shortLine } from './short-line.ts'

/** A message to which the store owes an answer. `query`: one that it closes by ReadyForQuery itself. */
export type Asked =
  | { readonly kind: 'parse' | 'bind' | 'close' | 'sync' | 'query' }
  | { readonly kind: 'describe'; readonly prepared: Prepared | null }
  /** null: of a portal that isn't known here, or data that were copied. */
  | { readonly kind: 'execute'; readonly portal: Portal | null }

/** Of a connection: since an error, all is passed over until a Sync. */
export interface Skipping {
  untilSync: boolean
}

/** Characters that are shown of an answer, and of one value in it. */
const MAX_REPLY = 160
const MAX_VALUE = 60

export class PostgresAnswer implements Answer<PostgresMessage> {
  readonly #asked: readonly Asked[]
  readonly #skipping: Skipping
  #next = 0
  #isCopyingIn = false
  #isError = false
  readonly #said: string[] = []
  /** Of the columns that a simple query described; null: no rows were promised. */
  #columns: readonly Column[] | null = null
  #rows = 0
  #firstRow = ''

  constructor(asked: readonly Asked[], skipping: Skipping) {
    this.#asked = asked
    this.#skipping = skipping
    if (!skipping.untilSync) return
    this.#skip()
    if (this.#next > 0) this.#said.push('passed over after an error')
  }

  get isComplete(): boolean {
    return this.#isCopyingIn || this.#next >= this.#asked.length
  }

  take({ type, body }: PostgresMessage): void {
    const asked = this.#asked[this.#next]
    switch (type) {
      case 'Z':
        this.#skipping.untilSync = false
        this.#next += 1
        break
      case '1':
      case '2':
      case '3':
        this.#next += 1
        break
      case 't':
        if (asked?.kind === 'describe' && asked.prepared)
          asked.prepared.parameterTypes = new MessageReader(body).int32s()
        break
      case 'T':
        this.#described(asked, columnsIn(body))
        break
      case 'n':
        this.#described(asked, [])
        break
      case 'D':
        if (this.#rows++ === 0) this.#firstRow = rowText(body, columnsOf(asked, this.#columns))
        break
      case 'C':
        this.#ended(asked, new MessageReader(body).string())
        break
      case 'I':
        this.#ended(asked, 'empty')
        break
      case 's':
        this.#ended(asked, 'no row', '; more to come')
        break
      case 'V':
        this.#said.push('function result')
        break
      case 'G':
        // The store waits for data, which the server only sends when it has heard so.
        this.#isCopyingIn = true
        this.#said.push('waits for data')
        break
      case 'E':
        this.#failed(asked, body)
        break
      default:
      // Rows of a COPY, and what comes unasked: notices, settings, notifications.
    }
  }

  reply(): StoreReply {
    return { text: shortLine(this.#said.join('; ') || 'done', MAX_REPLY), isError: this.#isError }
  }

  #described(asked: Asked | undefined, columns: readonly Column[]): void {
    if (asked?.kind === 'describe') {
      if (asked.prepared !== null) asked.prepared.columnTypes = columns.map(({ type }) => type)
      this.#next += 1
    } else this.#columns = columns
  }

  #ended(asked: Asked | undefined, tag: string, more = ''): void {
    const hasRows = this.#rows > 0 || promisesRows(asked, this.#columns) || /^(?:SELECT|FETCH) /.test(tag)
    this.#said.push((hasRows ? this.#rowsText() : tag) + more)
    this.#rows = 0
    this.#columns = null
    if (asked?.kind === 'execute') this.#next += 1
  }

  #rowsText(): string {
    if (this.#rows === 0) return 'no row'
    return `${this.#rows} ${this.#rows === 1 ? 'row' : 'rows'}: ${this.#firstRow}`
  }

  #failed(asked: Asked | undefined, body: Buffer): void {
    this.#isError = true
    this.#said.push(errorText(body))
    this.#rows = 0
    if (asked?.kind === 'query') return
    this.#skipping.untilSync = true
    this.#skip()
  }

  #skip(): void {
    const sync = this.#asked.findIndex(({ kind }, index) => index >= this.#next && kind === 'sync')
    this.#next = sync < 0 ? this.#asked.length : sync
  }
}

interface Column {
  readonly type: number
  readonly format: number
}

function columnsIn(body: Buffer): readonly Column[] {
  const reader = new MessageReader(body)
  return Array.from({ length: reader.int16() & 0xffff }, () => {
    reader.string()
    // Table and column that it comes from.
    reader.int32()
    reader.int16()
    const type = reader.int32()
    // Size and modifier of the type.
    reader.int16()
    reader.int32()
    return { type, format: reader.int16() }
  })
}

/** Index to column; of a portal, its binding says the formats, which a description of the statement doesn't know. */
function columnsOf(asked: Asked | undefined, described: readonly Column[] | null): (index: number) => Column {
  const portal = asked?.kind === 'execute' ? asked.portal : null
  if (portal === null) return (index) => described?.[index] ?? { type: 0, format: 0 }
  const { prepared, resultFormats } = portal
  return (index) => ({ type: prepared.columnTypes?.[index] ?? 0, format: formatAt(resultFormats, index) })
}

function promisesRows(asked: Asked | undefined, described: readonly Column[] | null): boolean {
  if (asked?.kind === 'execute') return (asked.portal?.prepared.columnTypes?.length ?? 0) > 0
  return described !== null && described.length > 0
}

function rowText(body: Buffer, columnAt: (index: number) => Column): string {
  const texts = new MessageReader(body).values().map((value, index) => {
    const { format, type } = columnAt(index)
    return shortLine(valueText(value, format, type), MAX_VALUE)
  })
  return texts.join(', ')
}

/** "error 23505: duplicate key value violates ..." */
function errorText(body: Buffer): string {
  const fields = new Map<string, string>()
  const reader = new MessageReader(body)
  for (let field = reader.byte(); field !== 0; field = reader.byte())
    fields.set(String.fromCharCode(field), reader.string())
  return `error ${fields.get('C') ?? 'without a code'}: ${fields.get('M') ?? 'without a message'}`
}
