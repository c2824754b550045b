/** Puts values into a template. Pure. */
import type { Escaping, PlaceholderName, TextTemplate } from './buyer-protocol.ts'

/** null: there is no such thing, a limit say; it is written as `null` in place of a JSON value, else as nothing. */
export type TemplateValue = string | number | null
export type TemplateValues = (name: PlaceholderName) => TemplateValue

/** `valueOf` throws for a name that it doesn't know: which names a template may hold is checked when it is read. */
export function fillTemplate(template: TextTemplate, valueOf: TemplateValues): string {
  let text = ''
  for (const part of template) text += typeof part === 'string' ? part : escapeValue(valueOf(part.value), part.as)
  return text
}

export function escapeValue(value: TemplateValue, as: Escaping): string {
  if (value === null && as !== 'json-value') return ''
  switch (as) {
    case 'plain':
      return String(value)
    case 'url':
      return encodeRfc3986(String(value))
    case 'json-text':
      return JSON.stringify(String(value)).slice(1, -1)
    case 'json-value':
      return JSON.stringify(value)
  }
}

/** `encodeURIComponent` leaves five characters that RFC 3986 reserves. */
function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.codePointAt(0)!.toString(16).toUpperCase()}`,
  )
}
