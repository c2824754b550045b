/** The written form of an HTTP request: method, path, query, headers, and one body. */
import * as z from 'zod'
import { jsonProblems } from './json-template.ts'
import { DESCRIPTOR_LIMITS } from './limits.ts'
import type { PlaceholderScope } from './placeholders.ts'
import {
  fieldValue,
  HEADER_NAME,
  headerName,
  HEADERS_OF_THE_CONNECTION,
  method,
  namedValues,
  path,
  template,
} from './schema-texts.ts'
import { templateProblems } from './template.ts'

const BODIES = ['json', 'form', 'text'] as const
/** What goes with a path. */
export const REQUEST_KEYS = ['method', 'query', 'headers', ...BODIES] as const

/** Names and values are templates. `ticket`: see {@link path}. */
export function requestShape(scope: PlaceholderScope, fallbackMethod: string, options?: { readonly ticket: boolean }) {
  return {
    method: method.optional().describe(`HTTP method, in capitals. Default: ${fallbackMethod}.`),
    path: path(scope, options).describe('Behind the url, with a leading slash. Placeholders are percent-encoded.'),
    query: fields(scope, 'a mapping of names to values')
      .optional()
      .describe('Put behind the path as ?name=value&..., percent-encoded.'),
    headers: headers(scope).optional().describe('Sent with this request; they win over those of the target.'),
    json: jsonBody(scope)
      .optional()
      .describe(
        'A JSON body. A text that is one placeholder becomes the value itself: "{{quantity}}" -> 2. In any other text it is filled in.',
      ),
    form: fields(scope, 'a mapping of names to values')
      .optional()
      .describe('In place of json: a body of type application/x-www-form-urlencoded.'),
    text: template('a text', scope)
      .optional()
      .describe('In place of json: a body as it is, of type text/plain unless a content-type header says otherwise.'),
  }
}

/** A request has one body at most. */
export function checkBodies(written: Readonly<Record<string, unknown>>, context: z.RefinementCtx): void {
  const [first, ...others] = BODIES.filter((body) => written[body] !== undefined)
  for (const body of others) {
    context.addIssue({ code: 'custom', path: [body], message: `says nothing beside ${first}: a request has one body` })
  }
}

function fields(scope: PlaceholderScope, expected: string) {
  const error = `must be ${expected}`
  return z.record(z.string(), fieldValue(scope), { error }).superRefine((written, context) => {
    const names = Object.keys(written)
    if (names.length > DESCRIPTOR_LIMITS.fields) {
      context.addIssue({ code: 'custom', message: `must have at most ${DESCRIPTOR_LIMITS.fields} entries` })
    }
    for (const name of names) {
      for (const message of templateProblems(name, scope)) {
        context.addIssue({ code: 'custom', path: [name], message })
      }
    }
  })
}

export function headers(scope: PlaceholderScope) {
  const expected = 'a mapping of header names to values'
  return namedValues(headerName, headerValue(scope), { expected, expectedOfKeys: HEADER_NAME }).superRefine(
    (written, context) => {
      const names = Object.keys(written)
      if (names.length > DESCRIPTOR_LIMITS.fields) {
        context.addIssue({ code: 'custom', message: `must have at most ${DESCRIPTOR_LIMITS.fields} headers` })
      }
      for (const [i, name] of names.entries()) {
        const lower = name.toLowerCase()
        const issue = (message: string) => context.addIssue({ code: 'custom', path: [name], message })
        if (HEADERS_OF_THE_CONNECTION.includes(lower)) issue('is set by whoever sends the request; leave it out')
        if (names.slice(0, i).some((earlier) => earlier.toLowerCase() === lower)) issue('is given twice')
      }
    },
  )
}

function headerValue(scope: PlaceholderScope) {
  return template('a text', scope).refine((text) => /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(text), {
    error: 'must be one line of plain characters',
  })
}

function jsonBody(scope: PlaceholderScope) {
  return z
    .unknown()
    .refine((value) => value !== null, { error: 'must be a JSON value', abort: true })
    .superRefine((value, context) => {
      for (const { path: inner, sentence } of jsonProblems(value, scope)) {
        context.addIssue({ code: 'custom', path: [...inner], message: sentence })
      }
    })
}

export interface WrittenRequest {
  readonly method?: string | undefined
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly text?: string | undefined
}
