/**
 * The written form of a descriptor: what a YAML file may hold, key by key. Validation, error messages and the JSON Schema
 * for editors all come from here. It only judges: `resolve.ts` makes the values of it, and what has to fit together across
 * sections stands in `coherence.ts`.
 *
 * A message that begins with "must" says what was expected; what was found is appended by `schema-problems.ts`.
 */
import * as z from 'zod'
import { parseReadsPromise, type ReadsPromise } from '../core/promise.ts'
import { formatCount } from '../core/units.ts'
import { MAX_STOCK } from '../core/wire.ts'
import { duration, mapping, wholeNumber } from '../core/document/schema-parts.ts'
import { checkForm, type Forms, formsMeta } from './forms.ts'
import { DESCRIPTOR_DEFAULTS, DESCRIPTOR_LIMITS } from './limits.ts'
import { SCOPES } from './placeholders.ts'
import { actions, settleActions } from './schema-actions.ts'
import { ledger } from './schema-ledger.ts'
import { resource, start, stop, tls, url } from './schema-life.ts'
import { outcomes, statuses } from './schema-outcomes.ts'
import { race } from './schema-race.ts'
import { checkBodies, headers, requestShape } from './schema-requests.ts'
import { locator, namedValues, plainText } from './schema-texts.ts'

const boolean = z.boolean({ error: 'must be true or false' })

const READS_ERROR = 'must be linearizable, advisory, or stale(200ms) with a time'

/** `stale(200ms)` as people write it, beside the form of options and reports. */
export function readsPromiseOf(written: string): ReadsPromise | null {
  return parseReadsPromise(written.replace(/^stale\((.*)\)$/, 'stale:$1'))
}

const promise = mapping('a mapping', {
  reads: z
    .string({ error: READS_ERROR })
    .refine((text) => readsPromiseOf(text) !== null, { error: READS_ERROR })
    .optional()
    .describe(
      'What the stock that it shows is worth: linearizable, exact at every moment; stale(200ms), at most so old; advisory, nothing to rely on. Default: advisory.',
    ),
  sellsThrough: boolean
    .optional()
    .describe('Whether it promises to turn nobody away while units are left. Default: false.'),
  perUserLimit: wholeNumber('units', 1, 1_000_000)
    .optional()
    .describe(
      'Units that it gives one user at most, whatever the scenario says. Left out: the limit of the scenario, where open tells it ({{limit}}); else no limit is judged.',
    ),
  sold: z
    .enum(['paid', 'reserved', 'queued'], { error: 'must be paid, reserved or queued' })
    .optional()
    .describe(`What a sold answer means to the buyer; reports say it. Default: ${DESCRIPTOR_DEFAULTS.soldMeans}.`),
})

const skuError = `must be a text of 1 to ${DESCRIPTOR_LIMITS.skuLength} characters, or a whole number`
const sku = z.union(
  [
    z
      .string({ error: skuError })
      .regex(new RegExp(`^[^\\p{Cc}]{1,${DESCRIPTOR_LIMITS.skuLength}}$`, 'u'), { error: skuError }),
    z.int({ error: skuError }).min(0, { error: skuError }),
  ],
  { error: skuError },
)

const loginRequest = requestShape(SCOPES.login, 'POST')
const TAKE = 'a mapping of names to places in the answer, such as {session: {cookie: sid}}'

const login = mapping('a mapping with count, path and take', {
  count: wholeNumber('logins', 1, DESCRIPTOR_LIMITS.logins).describe(
    'So many buyers log in before the first step: as many as the scenario has.',
  ),
  ...loginRequest,
  take: namedValues(z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,99}$/), locator, {
    expected: TAKE,
    expectedOfKeys: 'a word',
  })
    .refine((written) => Object.keys(written).length > 0, { error: `must be ${TAKE}` })
    .describe(
      'What is taken from the answer: {{buyer.NAME}} in requests of that buyer. userId, if taken, is what {{userId}} becomes.',
    ),
}).superRefine(checkBodies)

const POOL_FORMS: Forms = { forms: [{ by: 'csv' }, { by: 'login' }], common: [] }

const buyers = mapping('a mapping with userIds or pool', {
  userIds: z
    .string({ error: 'must be a text' })
    .regex(new RegExp(`^[^\\p{Cc}]{0,${DESCRIPTOR_LIMITS.userIdPrefixLength}}$`, 'u'), {
      error: `must have at most ${DESCRIPTOR_LIMITS.userIdPrefixLength} plain characters`,
    })
    .optional()
    .describe(
      `What stands before the number in {{userId}}: u makes u0, u1, ... Default: ${DESCRIPTOR_DEFAULTS.userIdPrefix}.`,
    ),
  pool: mapping('a mapping with csv or login', {
    csv: plainText('the path of a CSV file', 1_000)
      .optional()
      .describe(
        'A file with a header line, relative to this file. A row is a buyer; {{buyer.NAME}} is its column; a column userId is what {{userId}} becomes.',
      ),
    login: login.optional().describe('A request by which each buyer logs in before the first step.'),
  })
    .superRefine((written, context) => {
      checkForm(written, POOL_FORMS, context)
    })
    .meta(formsMeta(POOL_FORMS))
    .optional()
    .describe('Accounts that buyers use: from a file, or by logging in.'),
})

const OUTCOMES_TEXT =
  'Rules, tried in order: the first that fits says what the answer means. An answer that none fits may have sold: it is counted as unknown and shown.'

const poll = mapping('a mapping with path', {
  ...requestShape(SCOPES.poll, 'GET', { ticket: true }),
  every: duration(DESCRIPTOR_LIMITS.everyMs.min, DESCRIPTOR_LIMITS.everyMs.max, '100ms or 1s')
    .optional()
    .describe(`Time between two polls of one buyer. Default: ${DESCRIPTOR_DEFAULTS.pollEveryMs}ms.`),
  deadline: duration(DESCRIPTOR_LIMITS.pollDeadlineMs.min, DESCRIPTOR_LIMITS.pollDeadlineMs.max, '5s or 1m')
    .optional()
    .describe(
      `After so long without an end the buy is unknown. Default: ${DESCRIPTOR_DEFAULTS.pollDeadlineMs / 1000}s.`,
    ),
  outcomes: outcomes
    .optional()
    .describe('Rules for the answers to polls; queued: ask again. Left out: those of the buy.'),
}).superRefine(checkBodies)

const rateError = `must be a number above 0 and at most ${formatCount(DESCRIPTOR_LIMITS.maxRatePerSec)} (requests per second)`

export const descriptorSchema = mapping('a mapping with name, url, buy and outcomes', {
  name: z
    .string({ error: 'must be a word' })
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, {
      error: 'must be up to 63 letters, digits, dots, hyphens and underscores, beginning with a letter or a digit',
    })
    .describe('Names the target in results, and the folder of a run.'),
  description: z
    .string({ error: 'must be a text' })
    .max(2_000, { error: 'must have at most 2,000 characters' })
    .optional()
    .describe('What this service is.'),
  url: url.describe('Where it is: scheme, host, port, and perhaps a path that stands before all others.'),
  headers: headers(SCOPES.target).optional().describe('Sent with every request.'),
  tls: tls.optional().describe('For https.'),
  start: start
    .optional()
    .describe(
      'How a run starts it: a command or an image. Its CPU and memory are measured. Left out: it runs already.',
    ),
  stop: stop
    .optional()
    .describe(
      'A command that stops it, in place of SIGTERM; without start, run after the last step. Left out: nothing.',
    ),
  promise: promise.optional().describe('What it promises: a sale is judged by this and by nothing stricter.'),
  shared: boolean
    .optional()
    .describe('Whether others sell from the same stock meanwhile; then some checks cannot be made. Default: false.'),
  sku: sku.optional().describe('What it calls the product that is sold. Left out: the name that the scenario gives.'),
  skus: z
    .array(sku, { error: 'must be a list of SKUs' })
    .min(1, { error: 'must have at least one SKU' })
    .max(DESCRIPTOR_LIMITS.skus, { error: `must have at most ${formatCount(DESCRIPTOR_LIMITS.skus)} SKUs` })
    .optional()
    .describe('In place of sku: several products, by the order of the SKUs of the scenario.'),
  stock: wholeNumber('units', 1, MAX_STOCK)
    .optional()
    .describe('Units of each SKU when the sale opens, where neither open sets them nor the ledger can be asked.'),
  open: actions
    .optional()
    .describe(
      'What sets up a sale, for each SKU of each step: one action or a list. Left out: nothing does; all steps are one sale.',
    ),
  settle: settleActions
    .optional()
    .describe('What tells, after a step, that nothing is pending any more: asked again until it says so.'),
  close: actions.optional().describe('What ends a sale, for each SKU of each step.'),
  buyers: buyers.optional().describe('Who the buyers are to this service.'),
  buy: mapping('a mapping with path', requestShape(SCOPES.buy, 'POST'))
    .superRefine(checkBodies)
    .describe('The request by which a buyer buys.'),
  outcomes: outcomes.describe(OUTCOMES_TEXT),
  poll: poll.optional().describe('How a buyer whose answer was queued asks what became of it.'),
  read: mapping('a mapping with path and stock', {
    ...requestShape(SCOPES.read, 'GET'),
    status: statuses.optional().describe('Statuses of an answer that shows the stock. Default: "2xx".'),
    stock: locator.describe(
      'Where the units left stand in the answer: a JSON pointer, {header: NAME} or {body: PATTERN}.',
    ),
  })
    .superRefine(checkBodies)
    .optional()
    .describe('The request by which buyers look at the stock. Left out: they cannot.'),
  ledger: ledger
    .optional()
    .describe('Where an auditor reads what was really sold. Left out: only what buyers were told is judged.'),
  resources: z
    .array(resource, { error: 'must be a list of resources' })
    .max(DESCRIPTOR_LIMITS.resources, { error: `must have at most ${DESCRIPTOR_LIMITS.resources} resources` })
    .optional()
    .describe('CPU of what runs elsewhere, read before and after each step.'),
  maxRate: z
    .number({ error: rateError })
    .gt(0, { error: rateError })
    .max(DESCRIPTOR_LIMITS.maxRatePerSec, { error: rateError })
    .optional()
    .describe('Requests per second at most, whatever the scenario asks. Left out: no cap.'),
  warmUp: duration(DESCRIPTOR_LIMITS.warmUpMs.min, DESCRIPTOR_LIMITS.warmUpMs.max, '2s or 10s')
    .optional()
    .describe(
      'For so long it is only read before the first step, so that connections stand and code is hot. Default: none.',
    ),
  race: race
    .optional()
    .describe('How the service finds its stores, for doorbuster race. Left out: its store calls cannot be raced.'),
}).superRefine((written, context) => {
  if (written.sku !== undefined && written.skus !== undefined) {
    context.addIssue({ code: 'custom', path: ['skus'], message: 'says nothing beside sku: give one of them' })
  }
})

export type WrittenDescriptor = z.infer<typeof descriptorSchema>
