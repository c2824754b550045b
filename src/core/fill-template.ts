/** Puts values into a template. Pure. */
import type { Escaping, PlaceholderName, TextTemplate } from './buyer-protocol.ts'

export type TemplateValues = (name: PlaceholderName) => string | number

/** `valueOf` throws for a name that it doesn't know: which names a template may hold is checked when it is read. */
export function fillTemplate(template: TextTemplate, valueOf: TemplateValues): string {
  let text = ''
  for (const part of template) text += typeof part === 'string' ? part : escapeValue(valueOf(part.value), part.as)
  return text
}

export function escapeValue(value: string | number, as: Escaping): string {
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
