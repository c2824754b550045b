/**
 * A JSON body with placeholders. A text that is one placeholder becomes the value itself (`"{{quantity}}"` -> 2); in any
 * other text it is filled in as text.
 */
import type { TemplatePart, TextTemplate } from '../core/buyer-protocol.ts'
import { escapeValue } from '../core/fill-template.ts'
import type { Path } from '../core/document/problem.ts'
import type { PlaceholderScope } from './placeholders.ts'
import { joinParts, templateOf, templateProblems, tokensOf } from './template.ts'

export interface JsonProblem {
  readonly path: Path
  readonly sentence: string
}

/** What of a value that YAML could say can't be sent as JSON, or be filled in here. */
export function jsonProblems(value: unknown, scope: PlaceholderScope, path: Path = []): JsonProblem[] {
  if (typeof value === 'string') return templateProblems(value, scope).map((sentence) => ({ path, sentence }))
  if (typeof value === 'number') return isExact(value) ? [] : [{ path, sentence: NOT_EXACT }]
  if (Array.isArray(value)) return value.flatMap((item, i) => jsonProblems(item, scope, [...path, i]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    ...templateProblems(key, scope).map((sentence) => ({ path: [...path, key], sentence })),
    ...jsonProblems(inner, scope, [...path, key]),
  ])
}

const NOT_EXACT = 'must be a number that JSON can say exactly; longer ones go into a text body'

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
}

export function jsonTemplateOf(value: unknown): TextTemplate {
  return joinParts(partsOf(value))
}

function partsOf(value: unknown): TemplatePart[] {
  if (typeof value === 'string') return stringParts(value)
  if (Array.isArray(value)) return ['[', ...separated(value.map(partsOf)), ']']
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, inner]) => [...quoted(key), ':', ...partsOf(inner)])
    return ['{', ...separated(members), '}']
  }
  return [JSON.stringify(value)]
}

function stringParts(text: string): TemplatePart[] {
  const [token, ...others] = tokensOf(text)
  const isValue = token !== undefined && 'placeholder' in token && others.length === 0
  return isValue ? [{ value: token.placeholder, as: 'json-value' }] : quoted(text)
}

function quoted(text: string): TemplatePart[] {
  return ['"', ...templateOf(text, 'json-text', (literal) => escapeValue(literal, 'json-text')), '"']
}

function separated(items: readonly (readonly TemplatePart[])[]): TemplatePart[] {
  return items.flatMap((item, i) => (i === 0 ? item : [',', ...item]))
}
