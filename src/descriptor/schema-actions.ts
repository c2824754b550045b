/** The written form of what a run does to the target beside the load: requests, SQL, Redis commands, shell commands. */
import * as z from 'zod'
import { duration, mapping } from '../core/document/schema-parts.ts'
import { checkForm, type Form, type Forms, formsMeta } from './forms.ts'
import { DESCRIPTOR_DEFAULTS, DESCRIPTOR_LIMITS } from './limits.ts'
import { SCOPES } from './placeholders.ts'
import {
  COMMAND_KEYS,
  commandDeadline,
  cwd,
  deadline,
  env,
  redisCommand,
  shellText,
  statement,
  storeUrl,
} from './schema-commands.ts'
import { conditionShape } from './schema-outcomes.ts'
import { checkBodies, REQUEST_KEYS, requestShape } from './schema-requests.ts'

const scope = SCOPES.action

function actionShape(method: string) {
  const request = requestShape(scope, method)
  return {
    ...request,
    path: request.path.optional(),
    postgres: storeUrl('postgres').optional().describe('URL of a Postgres database, for sql.'),
    mysql: storeUrl('mysql').optional().describe('URL of a MySQL or MariaDB database, for sql.'),
    sql: z
      .union([statement(scope), z.array(statement(scope)).min(1).max(DESCRIPTOR_LIMITS.statements)], {
        error: 'must be an SQL statement, or a list of them',
      })
      .optional()
      .describe('A statement or a list of them. Placeholders become bound parameters: no quotes around them.'),
    redis: storeUrl('redis').optional().describe('URL of a Redis, for command or commands.'),
    command: redisCommand(scope).optional().describe('A Redis command: [SET, "stock:{{sku}}", "{{stock}}"].'),
    commands: z
      .array(redisCommand(scope), { error: 'must be a list of Redis commands, each a list' })
      .min(1)
      .max(DESCRIPTOR_LIMITS.statements)
      .optional()
      .describe('Several Redis commands.'),
    shell: shellText('a command for the shell')
      .optional()
      .describe('A command for sh -c. Values are in its environment: SKU, STOCK, LIMIT, RUN_ID.'),
    cwd,
    env,
  }
}

const FORMS: readonly Form[] = [
  { by: 'path', takes: REQUEST_KEYS },
  { by: 'postgres', needs: ['sql'] },
  { by: 'mysql', needs: ['sql'] },
  { by: 'redis', takes: ['command', 'commands'] },
  { by: 'shell', takes: COMMAND_KEYS },
]

function checkAction(written: Readonly<Record<string, unknown>>, forms: Forms, context: z.RefinementCtx): void {
  const form = checkForm(written, forms, context)
  checkBodies(written, context)
  if (form?.by === 'redis' && (written['command'] === undefined) === (written['commands'] === undefined)) {
    context.addIssue({ code: 'custom', message: 'needs either command or commands, and not both' })
  }
}

const ACTION_FORMS: Forms = { forms: FORMS, common: [] }
const ACTION_ERROR =
  'an action: a request (path), SQL (postgres or mysql), a Redis command (redis) or a shell command (shell)'

const action = mapping(ACTION_ERROR, { ...actionShape('POST'), deadline: commandDeadline })
  .superRefine((written, context) => checkAction(written, ACTION_FORMS, context))
  .meta(formsMeta(ACTION_FORMS))

export type WrittenAction = z.infer<typeof action>

function oneOrMore<Item extends z.ZodType>(item: Item, expected: string) {
  const error = `must be ${expected}, or a list of them`
  return z.union([item, z.array(item, { error }).min(1).max(DESCRIPTOR_LIMITS.actions)], { error })
}

export const actions = oneOrMore(action, ACTION_ERROR)

const SETTLE_FORMS: Forms = {
  forms: FORMS.map((form) => (form.by === 'path' ? { ...form, takes: [...REQUEST_KEYS, 'until'] } : form)),
  common: ['every', 'deadline'],
}

const until = mapping('a mapping with status, json, header or body', conditionShape).refine(
  (written) => Object.values(written).some((value) => value !== undefined),
  { error: 'needs at least one of status, json, header, body' },
)

const settleAction = mapping(ACTION_ERROR, {
  ...actionShape('GET'),
  until: until
    .optional()
    .describe('Of a request: the answer by which all is settled, in the words of a rule. Left out: any 2xx.'),
  every: duration(DESCRIPTOR_LIMITS.everyMs.min, DESCRIPTOR_LIMITS.everyMs.max, '200ms or 1s')
    .optional()
    .describe(`How often it is asked. Default: ${DESCRIPTOR_DEFAULTS.settleEveryMs}ms.`),
  deadline: deadline(
    DESCRIPTOR_DEFAULTS.settleDeadlineMs,
    'After so long the target counts as not settled, and no order as lost.',
  ),
})
  .superRefine((written, context) => checkAction(written, SETTLE_FORMS, context))
  .meta(formsMeta(SETTLE_FORMS))

export type WrittenSettleAction = z.infer<typeof settleAction>

export const settleActions = oneOrMore(settleAction, ACTION_ERROR)
