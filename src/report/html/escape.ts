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

/** For text and for quoted attributes: no control characters, no lone surrogates, bounded. */
export function escaped(text: string): string {
  return plain(text, LONGEST)
    .replaceAll(/\p{Cs}/gu, '\uFFFD')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character]!)
}
