/**
 * A template of a request, prepared: what is the same for every request is put together once, so that only a few
 * pieces are joined for each.
 */
import type { Escaping, PlaceholderName, TextTemplate } from '../../core/buyer-protocol.ts'
import { escapeValue } from '../../core/fill-template.ts'

/** What tells one request from another. */
export interface RequestValues {
  readonly user: number
  readonly requestId: string
  readonly requestUuid: string
  readonly quantity: number
  /** Empty but for polls. */
  readonly ticket: string
}

type ReadValue = (values: RequestValues) => string | number
type Piece = string | { readonly valueOf: ReadValue; readonly as: Escaping }

/** A value that is the same for all, or how it is read of each request. */
export type PlaceholderMeaning = string | number | ReadValue

/** `meaningOf` throws for a name that it doesn't know. */
export function compileText(
  template: TextTemplate,
  meaningOf: (name: PlaceholderName) => PlaceholderMeaning,
): CompiledText {
  const pieces: Piece[] = []
  for (const part of template) {
    const meaning = typeof part === 'string' ? part : meaningOf(part.value)
    if (typeof part !== 'string' && typeof meaning === 'function') pieces.push({ valueOf: meaning, as: part.as })
    else append(pieces, typeof part === 'string' ? part : escapeValue(meaning as string | number, part.as))
  }
  return new CompiledText(pieces)
}

function append(pieces: Piece[], text: string): void {
  const last = pieces.at(-1)
  if (typeof last === 'string') pieces[pieces.length - 1] = last + text
  else pieces.push(text)
}

export class CompiledText {
  readonly #pieces: readonly Piece[]

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  /** null: it differs between requests. */
  get constant(): string | null {
    const [first, ...others] = this.#pieces
    return others.length === 0 && typeof (first ?? '') === 'string' ? ((first as string | undefined) ?? '') : null
  }

  /** The parts that are the same for all. */
  get constants(): readonly string[] {
    return this.#pieces.filter((piece) => typeof piece === 'string')
  }

  fill(values: RequestValues): string {
    let text = ''
    for (const piece of this.#pieces) {
      text += typeof piece === 'string' ? piece : escapeValue(piece.valueOf(values), piece.as)
    }
    return text
  }
}
