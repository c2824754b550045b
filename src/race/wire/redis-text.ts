/** Commands and replies of Redis as people read them, and as they are recognised in another execution. */
import { nameOf } from './redis-commands.ts'
import { type RedisScripts, shortDigest } from './redis-scripts.ts'
import type { RespValue } from './resp-values.ts'
import { printable, shortLine } from './short-line.ts'

export interface CommandWords {
  /** With its arguments; secrets are left out. */
  readonly text: string
  /** Its name, and of a script the beginning of its digest. */
  readonly statement: string
}

const MAX_COMMAND = 400
const MAX_ARGUMENT = 80
const MAX_ITEMS = 8

/** @param upper its words in upper case. Learns the script that it brings, if it does. */
export function wordsOf(words: readonly Buffer[], upper: readonly string[], scripts: RedisScripts): CommandWords {
  const name = upper[0] ?? ''
  const script = SCRIPTS[name]
  if (script !== undefined && words.length > 1) return scriptWords(words, script, scripts)
  if (name === 'FCALL' || name === 'FCALL_RO') return callWords(name, printable(words[1] ?? Buffer.alloc(0)), words)
  if (name === 'SCRIPT' && upper[1] === 'LOAD' && words[2] !== undefined) {
    const digest = scripts.learn(words[2])
    return { text: `SCRIPT LOAD ${nameOfScript(digest, scripts)}`, statement: `SCRIPT LOAD ${shortDigest(digest)}` }
  }
  const kept = SECRET_FROM[name]?.(upper)
  const shown = kept === undefined ? words.slice(1) : words.slice(1, kept)
  const secret = kept !== undefined && words.length > kept ? [HIDDEN] : []
  const text = [name, ...shown.map(argument), ...secret].join(' ')
  return { text: shortLine(text, MAX_COMMAND), statement: nameOf(upper) }
}

/** "OK", "nil", "[1, abc]", "error NOSCRIPT No matching script". */
export function replyText(value: RespValue): string {
  switch (value.kind) {
    case 'null':
      return 'nil'
    case 'error':
      return `error ${value.bytes.toString()}`
    case 'bulk':
      return argument(value.bytes)
    case 'simple':
    case 'scalar':
      return value.bytes.toString()
    case 'list':
    case 'push':
      return `[${itemsText(value.items)}]`
  }
}

/** Also where one of its parts is: of a transaction, each command may fail by itself. */
export function holdsError(value: RespValue): boolean {
  if (value.kind === 'list' || value.kind === 'push') return value.items.some(holdsError)
  return value.kind === 'error'
}

interface ScriptKind {
  readonly statement: string
  readonly isDigest: boolean
}

/**
 * A script is the same whether it is called by its text or its digest: a driver sends the text where it doesn't know
 * whether the store has it, which is another time another one.
 */
const SCRIPTS: Readonly<Record<string, ScriptKind>> = {
  EVAL: { statement: 'EVAL', isDigest: false },
  EVALSHA: { statement: 'EVAL', isDigest: true },
  EVAL_RO: { statement: 'EVAL_RO', isDigest: false },
  EVALSHA_RO: { statement: 'EVAL_RO', isDigest: true },
}

function scriptWords(
  words: readonly Buffer[],
  { statement, isDigest }: ScriptKind,
  scripts: RedisScripts,
): CommandWords {
  const digest = isDigest ? words[1]!.toString('latin1') : scripts.learn(words[1]!)
  const name = words[0]!.toString('latin1').toUpperCase()
  const { text } = callWords(name, nameOfScript(digest, scripts), words)
  return { text, statement: `${statement} ${shortDigest(digest)}` }
}

/** The third word is the number of keys, which tells people nothing. */
function callWords(name: string, called: string, words: readonly Buffer[]): CommandWords {
  const text = [name, called, ...words.slice(3).map(argument)].join(' ')
  return { text: shortLine(text, MAX_COMMAND), statement: `${name} ${called}` }
}

function nameOfScript(digest: string, scripts: RedisScripts): string {
  const label = scripts.labelOf(digest)
  return label === null ? shortDigest(digest) : JSON.stringify(label)
}

const HIDDEN = '***'
/** Index of the first word that is secret, by the words of the command. */
const SECRET_FROM: Readonly<Record<string, (upper: readonly string[]) => number | undefined>> = {
  AUTH: () => 1,
  HELLO: (upper) => behind(upper, 'AUTH'),
  ACL: (upper) => (upper[1] === 'SETUSER' ? 3 : undefined),
  CONFIG: (upper) => (upper[1] === 'SET' ? 3 : undefined),
  MIGRATE: (upper) => behind(upper, 'AUTH') ?? behind(upper, 'AUTH2'),
}

function behind(upper: readonly string[], word: string): number | undefined {
  const at = upper.indexOf(word)
  return at < 0 ? undefined : at + 1
}

function argument(bytes: Buffer): string {
  const text = printable(bytes.subarray(0, 4 * MAX_ARGUMENT))
  const short = shortLine(text, MAX_ARGUMENT)
  return short === '' || /[\s"]/.test(short) ? JSON.stringify(short) : short
}

function itemsText(items: readonly RespValue[]): string {
  const texts = items.slice(0, MAX_ITEMS).map(replyText)
  return [...texts, ...(items.length > MAX_ITEMS ? ['…'] : [])].join(', ')
}
