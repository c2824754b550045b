/** The written form of rules: which answer means what for the sale. */
import * as z from 'zod'
import { mapping } from '../core/document/schema-parts.ts'
import { DESCRIPTOR_LIMITS } from './limits.ts'
import {
  A_POINTER,
  codeOrLocator,
  HEADER_NAME,
  headerName,
  locator,
  namedValues,
  orderIdLocator,
  pattern,
  pointer,
} from './schema-texts.ts'

const STATUS_ERROR = 'must be a status such as 201, "2xx" or "200-299", or a list of them'
const oneStatus = z.union(
  [
    z.int({ error: STATUS_ERROR }).min(100, { error: STATUS_ERROR }).max(599, { error: STATUS_ERROR }),
    z
      .string({ error: STATUS_ERROR })
      .regex(/^([1-5]xx|[1-5]\d\d|[1-5]\d\d-[1-5]\d\d)$/, { error: STATUS_ERROR })
      .refine((text) => !text.includes('-') || text.slice(0, 3) <= text.slice(4), {
        error: 'must begin with the smaller status',
      }),
  ],
  { error: STATUS_ERROR },
)

export const statuses = z.union([oneStatus, z.array(oneStatus).min(1).max(50)], { error: STATUS_ERROR })
export type WrittenStatuses = z.infer<typeof statuses>

const TEST_ERROR = 'must be a value, a list of values, {matches: PATTERN} or {exists: true}'

function test<Scalar extends z.ZodType<string | number | boolean | null>>(scalar: Scalar) {
  return z.union(
    [
      scalar,
      z.array(scalar).min(1).max(100),
      mapping('a mapping with matches or exists', {
        matches: pattern.optional().describe('A regular expression (JavaScript, flag u) that the value has to match.'),
        exists: z
          .boolean({ error: 'must be true or false' })
          .optional()
          .describe('Whether the value has to be there, or has to be absent.'),
      })
        .refine(({ matches, exists }) => (matches === undefined) !== (exists === undefined), {
          error: 'needs either matches or exists, and not both',
        })
        .meta({ oneOf: [{ required: ['matches'] }, { required: ['exists'] }] }),
    ],
    { error: TEST_ERROR },
  )
}

const jsonScalar = z.union([z.string(), z.number(), z.boolean(), z.null()])
const headerScalar = z.union([z.string(), z.int()])

/** What an answer has to be; all that is given has to hold. */
export const conditionShape = {
  status: statuses.optional().describe('HTTP status: 201, "2xx", "200-299", or a list of these. Left out: any.'),
  json: namedValues(pointer, test(jsonScalar), {
    expected: 'a mapping of JSON pointers to values',
    expectedOfKeys: A_POINTER,
  })
    .optional()
    .describe(
      'What has to stand in a JSON body: a pointer (RFC 6901) and its value, a list of possible values, {matches: PATTERN} or {exists: false}.',
    ),
  header: namedValues(headerName, test(headerScalar), {
    expected: 'a mapping of header names to values',
    expectedOfKeys: HEADER_NAME,
  })
    .optional()
    .describe('What headers of the answer have to be: a value, a list of them, {matches: PATTERN} or {exists: false}.'),
  body: pattern.optional().describe('A regular expression (JavaScript, flag u) that the body has to match.'),
}

const KINDS = ['sold', 'soldOut', 'limitReached', 'refused', 'unknown', 'queued'] as const

/** The key that only one kind of outcome has. */
const DETAILS = { orderId: ['sold'], code: ['refused', 'unknown'], ticket: ['queued'] } as const

const outcome = mapping('a rule with then', {
  ...conditionShape,
  then: z
    .enum(KINDS, { error: `must be one of ${KINDS.join(', ')}` })
    .describe(
      'What such an answer means. sold, soldOut, limitReached: as they say. refused: surely not sold, for another reason. unknown: may have sold. queued: decided later, asked after by poll.',
    ),
  orderId: orderIdLocator
    .optional()
    .describe(
      'With sold: where the order id stands: a JSON pointer, {header: NAME}, {cookie: NAME}, {body: PATTERN}, or requestId when orders are named by it. Left out: not in the answer.',
    ),
  code: codeOrLocator
    .optional()
    .describe('With refused and unknown: a word for the reason, or where one stands. Left out: HTTP_<status>.'),
  ticket: locator
    .optional()
    .describe('With queued: where the ticket stands that poll asks with. Left out: none is needed, or the one before.'),
}).superRefine((rule, context) => {
  for (const [key, kinds] of Object.entries(DETAILS) as [keyof typeof DETAILS, readonly string[]][]) {
    if (rule[key] === undefined || kinds.includes(rule.then)) continue
    context.addIssue({ code: 'custom', path: [key], message: `says nothing with then: ${rule.then}` })
  }
})

const OUTCOMES_ERROR = 'must be a list of rules such as {status: 201, then: sold, orderId: /id}'

export const outcomes = z
  .array(outcome, { error: OUTCOMES_ERROR })
  .min(1, { error: OUTCOMES_ERROR })
  .max(DESCRIPTOR_LIMITS.outcomes, { error: `must have at most ${DESCRIPTOR_LIMITS.outcomes} rules` })

export type WrittenOutcome = z.infer<typeof outcome>
export type WrittenCondition = Pick<WrittenOutcome, 'status' | 'json' | 'header' | 'body'>
