/**
 * SQL as Postgres writes it, cut into statements and words: as much of its grammar as it takes not to be misled by what
 * stands in a string or a comment. Nothing is checked; what is no SQL comes out as symbols. Pure.
 * https://www.postgresql.org/docs/current/sql-syntax-lexical.html
 */

export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'literal' | 'parameter' | 'symbol'
  readonly text: string
  /** White space or a comment stands before it. */
  readonly isApart: boolean
}

/** What stands between two semicolons; never empty. */
export type SqlStatement = readonly SqlToken[]

/**
 * In this order: a prefix belongs to its string before it is a word. `''` and `""` stand for one quote; a backslash means
 * something in E'' alone, as standard_conforming_strings is on.
 */
const TOKENS: readonly (readonly [SqlToken['kind'], RegExp])[] = [
  ['literal', /[eE]'[^'\\]*(?:(?:''|\\[\s\S])[^'\\]*)*'/y],
  ['literal', /(?:[bBnNxX]|[uU]&)?'[^']*(?:''[^']*)*'/y],
  ['quoted', /(?:[uU]&)?"[^"]*(?:""[^"]*)*"/y],
  ['parameter', /\$\d+/y],
  ['literal', /0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?/y],
  ['word', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['symbol', /::|[\s\S]/y],
]
const SPACE = /\s+|--[^\n]*/y
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y

/** Statements that are nothing but space and comments are left out. */
export function statementsOf(text: string): readonly SqlStatement[] {
  const statements: SqlToken[][] = [[]]
  let depth = 0
  for (const token of tokensOf(text)) {
    if (token.text === '(') depth += 1
    if (token.text === ')') depth -= 1
    if (token.text === ';' && depth <= 0) {
      statements.push([])
      depth = 0
    } else statements.at(-1)!.push(token)
  }
  return statements.filter(({ length }) => length > 0)
}

/**
 * On one line, without comments. `left out`: a `?` stands for each string and number, so that a statement into which its
 * values were written is the same for other values.
 */
export function sqlLine(statement: SqlStatement, literals: 'kept' | 'left out'): string {
  const shown = ({ kind, text }: SqlToken): string => (kind === 'literal' && literals === 'left out' ? '?' : text)
  return statement.map((token, index) => (index > 0 && token.isApart ? ' ' : '') + shown(token)).join('')
}

/** In lower case; null where the token is no word that stands by itself. */
export function wordOf(token: SqlToken | undefined): string | null {
  return token?.kind === 'word' ? token.text.toLowerCase() : null
}

function* tokensOf(text: string): Iterable<SqlToken> {
  let isApart = false
  for (let at = 0; at < text.length; ) {
    const afterSpace = endOfSpace(text, at)
    if (afterSpace > at) {
      isApart = true
      at = afterSpace
      continue
    }
    const token = tokenAt(text, at, isApart)
    yield token
    at += token.text.length
    isApart = false
  }
}

function tokenAt(text: string, at: number, isApart: boolean): SqlToken {
  const quoted = dollarQuoted(text, at)
  if (quoted !== null) return { kind: 'literal', text: quoted, isApart }
  for (const [kind, pattern] of TOKENS) {
    const found = matchAt(pattern, text, at)
    if (found !== null) return { kind, text: found, isApart }
  }
  return { kind: 'symbol', text: text[at]!, isApart }
}

/** `$$...$$`, `$tag$...$tag$`; null: none begins here, or it has no end. */
function dollarQuoted(text: string, at: number): string | null {
  const tag = text[at] === '$' ? matchAt(DOLLAR_TAG, text, at) : null
  if (tag === null) return null
  const end = text.indexOf(tag, at + tag.length)
  return end < 0 ? null : text.slice(at, end + tag.length)
}

function endOfSpace(text: string, at: number): number {
  if (text.startsWith('/*', at)) return endOfComment(text, at)
  return at + (matchAt(SPACE, text, at)?.length ?? 0)
}

/** These comments nest. One without an end goes to the end of the text. */
function endOfComment(text: string, at: number): number {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    if (text.startsWith('/*', i)) {
      depth += 1
      i += 1
    } else if (text.startsWith('*/', i)) {
      depth -= 1
      i += 1
      if (depth === 0) return i + 1
    }
  }
  return text.length
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}
