/** The written form of the ledger: where an auditor reads what was really sold. */
import * as z from 'zod'
import { mapping } from '../core/document/schema-parts.ts'
import { checkForm, type Form, type Forms, formsMeta } from './forms.ts'
import { SCOPES } from './placeholders.ts'
import {
  COMMAND_KEYS,
  commandDeadline,
  cwd,
  env,
  redisCommand,
  shellText,
  statement,
  storeUrl,
} from './schema-commands.ts'
import { checkBodies, REQUEST_KEYS, requestShape } from './schema-requests.ts'
import { locator, plainText, pointer, template } from './schema-texts.ts'

const scope = SCOPES.ledger

/** Stores and services that the ledger and the remaining stock may stand in. */
function sourceShape() {
  const request = requestShape(scope, 'GET')
  return {
    ...request,
    path: request.path.optional(),
    postgres: storeUrl('postgres').optional().describe('URL of a Postgres database.'),
    mysql: storeUrl('mysql').optional().describe('URL of a MySQL or MariaDB database.'),
    redis: storeUrl('redis').optional().describe('URL of a Redis.'),
    shell: shellText('a command for the shell')
      .optional()
      .describe('A command for sh -c that prints it. SKU and RUN_ID are in its environment.'),
    cwd,
    env,
    deadline: commandDeadline,
  }
}

const columnName = plainText('the name of a column', 200)
const columns = mapping('a mapping with at least orderId', {
  orderId: columnName.describe('The column, or member, that names the order.'),
  requestId: columnName
    .optional()
    .describe('The one that holds the request id which the buyer sent. Left out: there is none; some checks need it.'),
  userId: columnName.optional().describe('The one that holds the user id. Left out: there is none.'),
  quantity: columnName.optional().describe('The one that holds the units. Left out: each order is of one unit.'),
})

const REMAINING_FORMS: Forms = {
  forms: [
    { by: 'path', needs: ['stock'], takes: REQUEST_KEYS },
    { by: 'postgres', needs: ['sql'] },
    { by: 'mysql', needs: ['sql'] },
    { by: 'redis', needs: ['command'] },
    { by: 'shell', takes: COMMAND_KEYS },
  ],
  common: [],
}

const REMAINING_ERROR =
  'must be an SQL query or a Redis command (a list) for the store of the ledger, or a mapping that says where to ask'

const remaining = z.union(
  [
    statement(scope),
    redisCommand(scope),
    mapping('a mapping', {
      ...sourceShape(),
      sql: statement(scope).optional().describe('A query whose result is one number.'),
      command: redisCommand(scope).optional().describe('A Redis command whose reply is a number.'),
      stock: locator
        .optional()
        .describe('Where the number stands in the answer: a JSON pointer, {header: NAME} or {body: PATTERN}.'),
    })
      .superRefine((written, context) => {
        checkForm(written, REMAINING_FORMS, context)
        checkBodies(written, context)
      })
      .meta(formsMeta(REMAINING_FORMS)),
  ],
  { error: REMAINING_ERROR },
)

export type WrittenRemaining = z.infer<typeof remaining>

const LEDGER_FORMS: readonly Form[] = [
  { by: 'postgres', needs: ['orders'] },
  { by: 'mysql', needs: ['orders'] },
  { by: 'redis', needs: ['key', 'structure', 'columns'] },
  { by: 'path', takes: [...REQUEST_KEYS, 'format', 'items', 'nextPage'] },
  { by: 'shell', takes: COMMAND_KEYS },
]
const FORMS: Forms = { forms: LEDGER_FORMS, common: ['columns', 'remaining'] }

const STRUCTURES = ['list', 'set', 'stream', 'hash'] as const

export const ledger = mapping('a mapping with one of postgres, mysql, redis, path, shell', {
  ...sourceShape(),
  orders: statement(scope)
    .optional()
    .describe(
      'With postgres and mysql: a query with a row for each order. Placeholders become bound parameters: no quotes around them.',
    ),
  columns: columns
    .optional()
    .describe(
      'What the columns (or members) are called. Left out: orderId, and of requestId, userId and quantity those that are there; Redis needs it.',
    ),
  key: template('a Redis key', scope).optional().describe('With redis: the key that holds the orders.'),
  structure: z
    .enum(STRUCTURES, { error: `must be one of ${STRUCTURES.join(', ')}` })
    .optional()
    .describe(
      'With redis: list and set: each member is an order; stream: each entry; hash: each field. Members that are JSON objects have columns by name; of a plain text the column is value, of a field of a hash also key.',
    ),
  format: z
    .enum(['json', 'ndjson'], { error: 'must be json or ndjson' })
    .optional()
    .describe('With path: json, one document with a list; ndjson, one JSON object a line. Default: json.'),
  items: pointer
    .optional()
    .describe('With path: JSON pointer to the list of orders. Default: the whole document is the list.'),
  nextPage: pointer
    .optional()
    .describe('With path: JSON pointer to the path or URL of the next page. Left out: there is one page.'),
  remaining: remaining
    .optional()
    .describe(
      'Units left: a query or Redis command for the same store, or a mapping that says where to ask. Left out: nobody says.',
    ),
})
  .superRefine((written, context) => {
    const form = checkForm(written, FORMS, context)
    checkBodies(written, context)
    if (form !== null) checkShortRemaining(form.by, written.remaining, context)
    if (written.format === 'ndjson') {
      for (const key of ['items', 'nextPage'] as const) {
        if (written[key] === undefined) continue
        context.addIssue({ code: 'custom', path: [key], message: 'says nothing with format: ndjson' })
      }
    }
  })
  .meta(formsMeta(FORMS))

export type WrittenLedger = z.infer<typeof ledger>

/** A bare query or command asks the store of the ledger: that has to be one that understands it. */
function checkShortRemaining(by: string, written: WrittenRemaining | undefined, context: z.RefinementCtx): void {
  const isQuery = typeof written === 'string'
  const isCommand = Array.isArray(written)
  if ((!isQuery && !isCommand) || (isQuery && (by === 'postgres' || by === 'mysql')) || (isCommand && by === 'redis')) {
    return
  }
  const message = `must be a mapping that says where to ask, since the ledger (${by}) takes no ${isQuery ? 'SQL' : 'Redis command'}`
  context.addIssue({ code: 'custom', path: ['remaining'], message })
}
