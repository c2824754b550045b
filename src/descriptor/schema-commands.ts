/** The written form of what is run and of the stores that are asked: shell commands, SQL, Redis commands. */
import * as z from 'zod'
import { duration } from '../core/document/schema-parts.ts'
import { DESCRIPTOR_DEFAULTS, DESCRIPTOR_LIMITS } from './limits.ts'
import { type PlaceholderScope, SCOPES } from './placeholders.ts'
import { namedValues, plainText, template } from './schema-texts.ts'

const { min, max } = DESCRIPTOR_LIMITS.deadlineMs

export function deadline(fallbackMs: number, of: string) {
  return duration(min, max, '30s or 2m')
    .optional()
    .describe(`${of} Default: ${fallbackMs / 1000}s.`)
}

const COMMAND_ERROR = 'must be a command for the shell, or a list of a program and its arguments'

/** Placeholders are no part of it: text for a shell that holds a buyer's or a secret's value is how things get run. */
export const command = z.union(
  [shellText('a command for the shell'), z.array(shellText('a text'), { error: COMMAND_ERROR }).min(1).max(100)],
  { error: COMMAND_ERROR },
)

export function shellText(expected: string) {
  return plainText(expected).superRefine((text, context) => {
    const name = OUR_PLACEHOLDER.exec(text)?.[1]
    if (name === undefined) return
    const variable = SHELL_NAMES[name] ?? (name.startsWith('env.') ? name.slice(4) : null)
    const instead =
      variable === null ? 'values stand in the environment: $SKU, $STOCK, $LIMIT, $RUN_ID' : `write "$${variable}"`
    const message = `can't hold {{${name}}}, since a shell would run what it holds; ${instead}`
    context.addIssue({ code: 'custom', message })
  })
}

/** Others are for the command itself: `docker inspect --format '{{.State}}'`. */
const OUR_PLACEHOLDER =
  /\{\{\s*(sku|stock|limit|runId|userId|userNumber|requestId|requestUuid|quantity|ticket|(?:env|buyer)\.\w+)\s*\}\}/

const SHELL_NAMES: Readonly<Record<string, string>> = {
  sku: 'SKU',
  stock: 'STOCK',
  limit: 'LIMIT',
  runId: 'RUN_ID',
}

export const cwd = plainText('the path of a folder')
  .optional()
  .describe("Folder to run it in, relative to this file. Default: this file's folder.")

const ENV_VALUE_ERROR = 'must be a text or a whole number'

export const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/)

export const env = namedValues(
  variableName,
  z.union([template('a text', SCOPES.target), z.int()], { error: ENV_VALUE_ERROR }),
  { expected: 'a mapping of variables to texts', expectedOfKeys: 'the name of an environment variable' },
)
  .optional()
  .describe('Environment variables, on top of those that Doorbuster itself was given.')

/** What goes with a command. */
export const COMMAND_KEYS = ['cwd', 'env', 'deadline'] as const

export const commandDeadline = deadline(DESCRIPTOR_DEFAULTS.commandDeadlineMs, 'It has to end within this time.')

const SCHEMES = {
  postgres: ['postgres', 'postgresql'],
  mysql: ['mysql', 'mariadb'],
  redis: ['redis', 'rediss'],
} as const

/** URL of a store; of a Redis also the path of its Unix socket. */
export function storeUrl(engine: keyof typeof SCHEMES) {
  const expected = `the URL of the store, such as ${engine}://user:{{env.NAME}}@host/database`
  const begins = ['{{', ...SCHEMES[engine].map((scheme) => `${scheme}://`), ...(engine === 'redis' ? ['/'] : [])]
  return template(expected, SCOPES.target).refine((text) => begins.some((start) => text.startsWith(start)), {
    error: `must be ${expected}`,
  })
}

/** SQL whose placeholders become bound parameters. */
export function statement(scope: PlaceholderScope) {
  return template('an SQL statement', scope).superRefine((text, context) => {
    const quoted = quotedTexts(text).find((one) => one.includes('{{') && !one.includes('{{{{'))
    if (quoted === undefined) return
    const message = 'must have its placeholders without quotes: each becomes a bound parameter, not a part of the text'
    context.addIssue({ code: 'custom', message })
  })
}

/** What stands between quotes in SQL, comments left out. */
function quotedTexts(sql: string): string[] {
  const tokens = sql.match(/--[^\n]*|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`/g) ?? []
  return tokens.filter((token) => /^['"`]/.test(token))
}

/** A Redis command and its arguments. */
export function redisCommand(scope: PlaceholderScope) {
  const error = 'must be a list of a Redis command and its arguments, such as [GET, "stock:{{sku}}"]'
  return z
    .array(z.union([template('a text', scope), z.int()], { error: 'must be a text or a whole number' }), { error })
    .min(1, { error })
    .max(1_000, { error })
}
