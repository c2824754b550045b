/** The small texts of a descriptor: with placeholders, paths, pointers, patterns, names of headers, places in answers. */
import * as z from 'zod'
import { formatCount } from '../core/units.ts'
import { mapping } from '../core/document/schema-parts.ts'
import { DESCRIPTOR_LIMITS } from './limits.ts'
import { whyPatternMayHang } from './pattern-cost.ts'
import type { PlaceholderScope } from './placeholders.ts'
import { readTokens, templateProblems } from './template.ts'

/** A text that is not empty and not endless. */
export function plainText(expected: string, longest: number = DESCRIPTOR_LIMITS.textLength) {
  const error = `must be ${expected}`
  return z
    .string({ error })
    .min(1, { error, abort: true })
    .max(longest, { error: `must have at most ${formatCount(longest)} characters`, abort: true })
}

/** A mapping of names to values. `expected` of it, and `expectedOfKeys` of its keys: "the name of a header". */
export function namedValues<Value extends z.ZodType>(
  key: z.ZodString,
  value: Value,
  { expected, expectedOfKeys }: { readonly expected: string; readonly expectedOfKeys: string },
) {
  return z.record(key, value, {
    error: (issue) => `must be ${issue.code === 'invalid_key' ? expectedOfKeys : expected}`,
  })
}

/** A text that may hold the placeholders of `scope`. */
export function template(expected: string, scope: PlaceholderScope) {
  return plainText(expected).superRefine((text, context) => {
    for (const message of templateProblems(text, scope)) context.addIssue({ code: 'custom', message })
  })
}

/** A value of a query, a form: a text with placeholders, or what has only one text. */
export function fieldValue(scope: PlaceholderScope) {
  const error = 'must be a text, a whole number, true or false'
  return z.union(
    [
      z
        .string({ error })
        .max(DESCRIPTOR_LIMITS.textLength, { error })
        .superRefine((text, context) => {
          for (const message of templateProblems(text, scope)) context.addIssue({ code: 'custom', message })
        }),
      z.int({ error }),
      z.boolean({ error }),
    ],
    { error },
  )
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
export const method = z.enum(METHODS, { error: `must be one of ${METHODS.join(', ')}` })

const PATH_ERROR = 'must be a path that begins with / and holds no blanks and no #'

/** `ticket`: whether the path may be a ticket, and nothing else. */
export function path(scope: PlaceholderScope, { ticket }: { readonly ticket: boolean } = { ticket: false }) {
  return template('a path that begins with /', scope).superRefine((text, context) => {
    const reading = readTokens(text)
    if (!reading.ok || (ticket && isTicketPath(text))) return
    const literals = reading.tokens.map((token) => ('text' in token ? token.text : 'x')).join('')
    // oxlint-disable-next-line no-control-regex
    if (!/^\/[^\s#\u0000-\u0020\u007f-\uffff]*$/.test(literals))
      context.addIssue({ code: 'custom', message: PATH_ERROR })
  })
}

/** A ticket that is itself a path, as in a Location header, is sent as it is. */
export function isTicketPath(text: string): boolean {
  return /^\{\{\s*ticket\s*\}\}$/.test(text)
}

export const A_POINTER = 'a JSON pointer such as /order/id (RFC 6901)'
const POINTER_ERROR = `must be ${A_POINTER}`
const POINTER = /^(\/([^~/]|~[01])*)*$/

export const pointer = pointerOr(POINTER_ERROR)

/** `error`: what is expected, where a pointer is one of several things. */
function pointerOr(error: string) {
  return z.string({ error }).max(DESCRIPTOR_LIMITS.pointerLength, { error }).regex(POINTER, { error })
}

/** A JavaScript regular expression, flag u. */
export const pattern = plainText('a regular expression', DESCRIPTOR_LIMITS.patternLength).superRefine(
  (text, context) => {
    const reason = whyNoPattern(text)
    const cost = reason === null ? whyPatternMayHang(text) : null
    if (reason !== null) context.addIssue({ code: 'custom', message: `is no regular expression: ${reason}` })
    else if (cost !== null) context.addIssue({ code: 'custom', message: cost })
  },
)

function whyNoPattern(text: string): string | null {
  try {
    return RegExp(text, 'u') && null
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: .*\/\w*: /s, '')
  }
}

export const HEADER_NAME = 'the name of a header: letters, digits and hyphens'
const HEADER_ERROR = `must be ${HEADER_NAME}`
/** A token of RFC 9110. */
export const headerName = z
  .string({ error: HEADER_ERROR })
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/, { error: HEADER_ERROR })

/** Of the connection: only who holds it can say them. */
export const HEADERS_OF_THE_CONNECTION: readonly string[] = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

const LOCATOR_ERROR =
  'must be a JSON pointer such as /order/id, or one of {header: NAME}, {cookie: NAME}, {body: PATTERN}'

const place = mapping('a mapping', {
  json: pointer.optional().describe('Where it stands in a JSON body: a pointer (RFC 6901).'),
  header: headerName.optional().describe('The header that holds it.'),
  cookie: headerName.optional().describe('The cookie that holds it, of those that the answer sets.'),
  body: pattern.optional().describe('A regular expression on the body: its first group, or all that it matches.'),
})
  .refine((written) => Object.values(written).filter((value) => value !== undefined).length === 1, {
    error: 'needs one of json, header, cookie, body, and not several',
  })
  .meta({ oneOf: ['json', 'header', 'cookie', 'body'].map((key) => ({ required: [key] })) })

/** Where a value stands in an answer. */
export const locator = z.union([pointerOr(LOCATOR_ERROR), place], { error: LOCATOR_ERROR })

export type WrittenLocator = z.infer<typeof locator>

const ORDER_ID_ERROR =
  'must be a JSON pointer such as /id, requestId, or one of {header: NAME}, {cookie: NAME}, {body: PATTERN}'

export const orderIdLocator = z.union(
  [
    z
      .string({ error: ORDER_ID_ERROR })
      .max(DESCRIPTOR_LIMITS.pointerLength, { error: ORDER_ID_ERROR })
      .regex(/^(requestId|(\/([^~/]|~[01])*)*)$/, { error: ORDER_ID_ERROR }),
    place,
  ],
  { error: ORDER_ID_ERROR },
)

const CODE_ERROR = 'must be a word such as BUSY, or where it stands in the answer: a JSON pointer such as /error'

export const codeOrLocator = z.union(
  [
    z
      .string({ error: CODE_ERROR })
      .max(DESCRIPTOR_LIMITS.pointerLength, { error: CODE_ERROR })
      .regex(/^([A-Za-z0-9_.:-]{1,64}|(\/([^~/]|~[01])*)+)$/, { error: CODE_ERROR }),
    place,
  ],
  { error: CODE_ERROR },
)
