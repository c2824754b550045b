/** From the written form of requests, commands and places in answers to those that engines and auditors take. */
import type { Locator, RequestTemplate, TextTemplate } from '../core/buyer-protocol.ts'
import { escapeValue } from '../core/fill-template.ts'
import type { ShellCommand } from '../core/target-descriptor.ts'
import { parseDurationMs } from '../core/units.ts'
import { jsonTemplateOf } from './json-template.ts'
import { DESCRIPTOR_DEFAULTS } from './limits.ts'
import type { WrittenRequest } from './schema-requests.ts'
import { isTicketPath, type WrittenLocator } from './schema-texts.ts'
import { encodedTemplateOf, joinParts, templateOf } from './template.ts'

export function resolveRequest(written: WrittenRequest, fallbackMethod: string): RequestTemplate {
  const { body, contentType } = resolveBody(written)
  const headers = resolveHeaders(written.headers ?? {})
  const isTyped = contentType === null || headers.some(({ name }) => name === 'content-type')
  return {
    method: written.method ?? fallbackMethod,
    path: resolvePath(written),
    headers: isTyped ? headers : [{ name: 'content-type', value: [contentType] }, ...headers],
    body,
  }
}

export function resolveHeaders(written: Readonly<Record<string, string>>): RequestTemplate['headers'] {
  return Object.entries(written).map(([name, value]) => ({
    name: name.toLowerCase(),
    value: templateOf(value, 'plain'),
  }))
}

function resolvePath({ path, query }: WrittenRequest): TextTemplate {
  const before = templateOf(path, isTicketPath(path) ? 'plain' : 'url')
  if (query === undefined || Object.keys(query).length === 0) return before
  return joinParts([...before, path.includes('?') ? '&' : '?', ...fieldsOf(query)])
}

function resolveBody({ json, form, text }: WrittenRequest): {
  readonly body: TextTemplate | null
  readonly contentType: string | null
} {
  if (json !== undefined) return { body: jsonTemplateOf(json), contentType: 'application/json' }
  if (form !== undefined) return { body: fieldsOf(form), contentType: 'application/x-www-form-urlencoded' }
  if (text !== undefined) return { body: templateOf(text, 'plain'), contentType: 'text/plain; charset=utf-8' }
  return { body: null, contentType: null }
}

function fieldsOf(written: Readonly<Record<string, string | number | boolean>>): TextTemplate {
  return joinParts(
    Object.entries(written).flatMap(([name, value], i) => [
      ...(i === 0 ? [] : ['&']),
      ...encodedTemplateOf(name),
      '=',
      ...(typeof value === 'string' ? encodedTemplateOf(value) : [escapeValue(String(value), 'url')]),
    ]),
  )
}

export function resolveLocator(written: WrittenLocator): Locator {
  if (typeof written === 'string') return { in: 'json', pointer: written }
  if (written.json !== undefined) return { in: 'json', pointer: written.json }
  if (written.header !== undefined) return { in: 'header', name: written.header.toLowerCase() }
  if (written.cookie !== undefined) return { in: 'cookie', name: written.cookie }
  if (written.body !== undefined) return { in: 'body', pattern: written.body }
  throw new RangeError('the schema passed a place in an answer that says nothing')
}

interface WrittenCommand {
  readonly cwd?: string | undefined
  readonly env?: Readonly<Record<string, string | number>> | undefined
  readonly deadline?: string | undefined
}

export function resolveCommand(
  command: string | readonly string[],
  written: WrittenCommand = {},
  fallbackDeadlineMs: number = DESCRIPTOR_DEFAULTS.commandDeadlineMs,
): ShellCommand {
  return {
    command,
    cwd: written.cwd ?? '.',
    env: resolveEnv(written.env),
    deadlineMs: durationMs(written.deadline, fallbackDeadlineMs),
  }
}

export function resolveEnv(
  written: Readonly<Record<string, string | number>> | undefined,
): Readonly<Record<string, TextTemplate>> {
  const variables = Object.entries(written ?? {})
  return Object.fromEntries(variables.map(([name, value]) => [name, templateOf(String(value), 'plain')]))
}

export function durationMs(text: string | undefined, fallbackMs: number): number {
  if (text === undefined) return fallbackMs
  const ms = parseDurationMs(text)
  if (ms === null) throw new RangeError(`the schema passed a duration that cannot be parsed: ${text}`)
  return ms
}
