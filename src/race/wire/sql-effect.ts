/**
 * What a statement does to others, by its text: whether it writes or locks, only reads, or can't be noticed at all. It is
 * a guess that errs on one side: only what is known to be harmless is called so. What no text shows it takes for absent:
 * a view or an operator whose function writes, a rule on SELECT. Pure.
 */
import type { Access } from './access.ts'
import { CATALOGUES, HARMLESS_FUNCTIONS, NOT_CALLED, SESSION_FUNCTIONS } from './sql-names.ts'
import { type SqlStatement, wordOf } from './sql-words.ts'
import type { Snapshot } from './transaction-isolation.ts'

export interface SqlEffect {
  readonly access: Access
  /** As StoreCall.isSetUp. */
  readonly isSetUp: boolean
}

const WRITE: SqlEffect = { access: 'write', isSetUp: false }
const READ: SqlEffect = { access: 'read', isSetUp: false }
const NOTHING: SqlEffect = { access: 'nothing', isSetUp: false }
const SET_UP: SqlEffect = { access: 'nothing', isSetUp: true }
const READ_OF_SET_UP: SqlEffect = { access: 'read', isSetUp: true }

/** @param snapshot what the statement sees of others */
export function effectOf(statement: SqlStatement, snapshot: Snapshot): SqlEffect {
  switch (wordOf(statement[0]) ?? '') {
    case 'begin':
    case 'start':
      return NOTHING
    case 'set':
      // It makes the checks of this transaction that were put off, which may fail by what others did.
      return wordOf(statement[1]) === 'constraints' ? WRITE : SET_UP
    case 'show':
    case 'reset':
    case 'deallocate':
      return SET_UP
    case 'discard':
      // Lets go of advisory locks, for which others may wait.
      return { access: 'write', isSetUp: true }
    case 'select':
    case 'values':
    case 'table':
    case 'with':
      return effectOfQuery(statement, snapshot)
    default:
      return statement[0]?.text === '(' ? effectOfQuery(statement, snapshot) : WRITE
  }
}

function effectOfQuery(statement: SqlStatement, snapshot: Snapshot): SqlEffect {
  // The first query of such a transaction fixes what all others of it see, though it reads nothing itself.
  if (snapshot === 'of-transaction' || hasWritingWord(statement)) return WRITE
  const called = functionsOf(statement)
  if (!called.every((name) => HARMLESS_FUNCTIONS.has(name) || SESSION_FUNCTIONS.has(name))) return WRITE
  const tables = tablesOf(statement)
  const reading = snapshot === 'own' ? READ : WRITE
  if (tables === 0) return asksSession(statement) ? SET_UP : readsNothing(statement) ? NOTHING : reading
  return tables === 'catalogues' ? READ_OF_SET_UP : reading
}

/** A column may have such a name, too: then the statement passes for one that writes. */
function hasWritingWord(statement: SqlStatement): boolean {
  return statement.some((token, index) => {
    const word = wordOf(token)
    if (word === 'for') return LOCK_STRENGTHS.has(wordOf(statement[index + 1]) ?? '')
    return word !== null && WRITING_WORDS.has(word)
  })
}

const WRITING_WORDS: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'merge', 'into'])
/** FOR UPDATE, FOR NO KEY UPDATE, FOR SHARE, FOR KEY SHARE. */
const LOCK_STRENGTHS: ReadonlySet<string> = new Set(['update', 'no', 'share', 'key'])

/**
 * Names before a bracket, in lower case. A function of a schema other than pg_catalog comes with it, and so does a quoted
 * one with its quotes: neither is on any list. The list of columns of a common table expression looks like a call as well.
 */
function functionsOf(statement: SqlStatement): string[] {
  return statement.flatMap((token, index) => {
    if (statement[index + 1]?.text !== '(') return []
    if (token.kind === 'quoted') return [token.text]
    const word = wordOf(token)
    if (word === null || wordOf(statement[index - 1]) === 'as') return []
    if (statement[index - 1]?.text === '.') return [qualified(statement, index)]
    return NOT_CALLED.has(word) || isTableExpression(statement, index) ? [] : [word]
  })
}

function qualified(statement: SqlStatement, index: number): string {
  const schema = statement[index - 2]?.text.toLowerCase() ?? ''
  const name = statement[index]!.text.toLowerCase()
  return schema === 'pg_catalog' ? name : `${schema}.${name}`
}

/**
 * `name [(columns)] AS [[NOT] MATERIALIZED] (SELECT`, in a statement that begins by WITH. What stands in the bracket tells
 * it from a function in FROM, behind whose AS columns are named.
 */
function isTableExpression(statement: SqlStatement, index: number): boolean {
  if (wordOf(statement[0]) !== 'with') return false
  let at = index + 1
  if (statement[at]?.text === '(') at = closingBracket(statement, at) + 1
  if (wordOf(statement[at]) !== 'as') return false
  at += 1
  while (wordOf(statement[at]) === 'not' || wordOf(statement[at]) === 'materialized') at += 1
  return statement[at]?.text === '(' && ['select', 'with'].includes(wordOf(statement[at + 1]) ?? '')
}

function closingBracket(statement: SqlStatement, open: number): number {
  let depth = 0
  for (let at = open; at < statement.length; at++) {
    if (statement[at]!.text === '(') depth += 1
    if (statement[at]!.text === ')' && --depth === 0) return at
  }
  return statement.length
}

/** What it reads from: nothing, catalogues of the schema alone, or anything else. */
function tablesOf(statement: SqlStatement): 0 | 'catalogues' | 'others' {
  const names = tableNames(statement)
  if (names.length === 0) return wordOf(statement[0]) === 'table' ? 'others' : 0
  return names.every((name) => CATALOGUES.has(name) || name.startsWith('information_schema.')) ? 'catalogues' : 'others'
}

/**
 * Names behind FROM, JOIN, and commas of a FROM, but for those of common table expressions. FROM within a function
 * (extract, trim, substring) and behind DISTINCT names no table, and is taken for one that does: then the statement reads.
 */
function tableNames(statement: SqlStatement): string[] {
  const own = new Set(
    statement.flatMap((token, index) => (isTableExpression(statement, index) ? [token.text.toLowerCase()] : [])),
  )
  const names: string[] = []
  const outer: boolean[] = []
  let inFrom = false
  let isExpected = false
  statement.forEach((token, index) => {
    const word = wordOf(token)
    if (token.text === '(') {
      outer.push(inFrom)
      inFrom = false
      isExpected = false
    } else if (token.text === ')') {
      inFrom = outer.pop() ?? false
      isExpected = false
    } else if (word === 'from' || word === 'join') {
      inFrom = true
      isExpected = true
    } else if (token.text === ',') isExpected = inFrom
    else if (word !== null && ENDS_FROM.has(word)) inFrom = false
    else if (isExpected && word !== 'only' && word !== 'lateral') {
      isExpected = false
      // A function gives rows of its own: which it is was looked at already.
      const name = tableNameAt(statement, index)
      if (!own.has(name) && !isCallAt(statement, index)) names.push(name)
    }
  })
  return names
}

const ENDS_FROM: ReadonlySet<string> = new Set([
  'where',
  'group',
  'having',
  'window',
  'order',
  'limit',
  'offset',
  'fetch',
  'union',
  'intersect',
  'except',
])

/** With its schema, unless that is pg_catalog. */
function tableNameAt(statement: SqlStatement, index: number): string {
  const first = statement[index]!.text.toLowerCase()
  if (statement[index + 1]?.text !== '.') return first
  const second = statement[index + 2]?.text.toLowerCase() ?? ''
  return first === 'pg_catalog' ? second : `${first}.${second}`
}

function isCallAt(statement: SqlStatement, index: number): boolean {
  const end = statement[index + 1]?.text === '.' ? index + 2 : index
  return statement[end + 1]?.text === '('
}

/** SELECT version(), current_schema(): some function of the session, and nothing else. */
function asksSession(statement: SqlStatement): boolean {
  const words = statement.flatMap((token) => wordOf(token) ?? [])
  return words.some((word) => SESSION_FUNCTIONS.has(word)) && functionsOf(statement).every(isOfSession)
}

function isOfSession(name: string): boolean {
  return SESSION_FUNCTIONS.has(name)
}

/** SELECT 1, SELECT $1: literals alone. */
function readsNothing(statement: SqlStatement): boolean {
  return (
    wordOf(statement[0]) === 'select' &&
    statement.slice(1).every(({ kind, text }) => kind === 'literal' || kind === 'parameter' || text === ',')
  )
}
