/**
 * Text as HTML. Whatever comes from a run (names of SKUs, users, requests, headers, error codes) passes here, once, and
 * is never markup.
 */
import { plain } from '../plain-text.ts'

const LONGEST = 2_000

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and for quoted attributes. */
export function escaped(text: string): string {
  return printable(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
}

/** As it is, for what is pasted: a space less, or an end that was cut off, would make another command of it. */
export function escapedWhole(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cs}]|[\u202A-\u202E\u2066-\u2069]/gu, '\uFFFD')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
}

/** No control characters, no lone surrogates, bounded; for whoever escapes by themselves. */
export function printable(text: string, longest = LONGEST): string {
  return plain(text, longest).replaceAll(/\p{Cs}/gu, '\uFFFD')
}
