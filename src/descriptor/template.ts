/**
 * Texts with placeholders: `/stock/{{sku}}`. A literal `{{` is written `{{{{`; `}}` needs nothing. What is wrong comes
 * back as a sentence.
 */
import type { Escaping, TemplatePart, TextTemplate } from '../core/buyer-protocol.ts'
import { escapeValue } from '../core/fill-template.ts'
import { formatValue } from '../core/document/problem.ts'
import { placeholderProblem, type PlaceholderScope } from './placeholders.ts'

/** Literal text, or the name of a placeholder. */
export type TemplateToken = { readonly text: string } | { readonly placeholder: string }

type TokenReading =
  | { readonly ok: true; readonly tokens: readonly TemplateToken[] }
  | { readonly ok: false; readonly sentence: string }

export function readTokens(text: string): TokenReading {
  const tokens: TemplateToken[] = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('{{', at)
    if (open === -1) break
    if (open > at) tokens.push({ text: text.slice(at, open) })
    if (text.startsWith('{{{{', open)) {
      tokens.push({ text: '{{' })
      at = open + 4
      continue
    }
    const close = text.indexOf('}}', open)
    if (close === -1) {
      const sentence = `has a {{ that no }} ends: ${formatValue(text.slice(open))} (a literal {{ is written {{{{)`
      return { ok: false, sentence }
    }
    tokens.push({ placeholder: text.slice(open + 2, close).trim() })
    at = close + 2
  }
  if (at < text.length) tokens.push({ text: text.slice(at) })
  return { ok: true, tokens }
}

/** Why this text can't be filled in here, a sentence each. */
export function templateProblems(text: string, scope: PlaceholderScope): string[] {
  const reading = readTokens(text)
  if (!reading.ok) return [reading.sentence]
  return reading.tokens.flatMap((token) => {
    const problem = 'placeholder' in token ? placeholderProblem(token.placeholder, scope) : null
    return problem === null ? [] : [problem]
  })
}

/** The tokens of a text that the schema has passed. */
export function tokensOf(text: string): readonly TemplateToken[] {
  const reading = readTokens(text)
  if (!reading.ok) throw new RangeError(`the schema passed a text that cannot be read: ${reading.sentence}`)
  return reading.tokens
}

/** `writeText`: how literal text is put; as it is unless said. */
export function templateOf(
  text: string,
  as: Escaping,
  writeText: (text: string) => string = (literal) => literal,
): TextTemplate {
  return joinParts(
    tokensOf(text).map((token) => ('text' in token ? writeText(token.text) : { value: token.placeholder, as })),
  )
}

/** For queries and forms: literal text is percent-encoded too. */
export function encodedTemplateOf(text: string): TextTemplate {
  return templateOf(text, 'url', (literal) => escapeValue(literal, 'url'))
}

/** Neighbouring texts become one. */
export function joinParts(parts: readonly TemplatePart[]): TextTemplate {
  const joined: TemplatePart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else if (part !== '') joined.push(part)
  }
  return joined
}
