/** Every text that a part of a written descriptor holds, with its path. */
import type { Path } from '../core/document/problem.ts'
import { readTokens } from './template.ts'

interface FoundText {
  readonly path: Path
  readonly text: string
}

/** Keys are texts too, at the path of their value. */
export function textsIn(value: unknown, path: Path = []): FoundText[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (Array.isArray(value)) return value.flatMap((item, i) => textsIn(item, [...path, i]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = [...path, key]
    return [{ path: at, text: key }, ...textsIn(inner, at)]
  })
}

/** Every placeholder in them. */
export function placeholdersIn(value: unknown, path: Path = []): { readonly path: Path; readonly name: string }[] {
  return textsIn(value, path).flatMap((found) => {
    const reading = readTokens(found.text)
    if (!reading.ok) return []
    return reading.tokens.flatMap((token) =>
      'placeholder' in token ? [{ path: found.path, name: token.placeholder }] : [],
    )
  })
}
