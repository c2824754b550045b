/**
 * Keeps secrets out of whatever is shown or written: each has one place where it is known, and this is what all else sees.
 *
 * A secret may come back in any clothes: percent-encoded by us, escaped in JSON or HTML by a server, in base64 with a user's
 * name before it. So it isn't looked for in every form that it could have: the text is undressed, and the secret looked for
 * in what comes out. Costs grow with the text, hardly with the number of secrets: a pool has one for each buyer.
 */
import type { BuyerIdentities } from './buyer-protocol.ts'
import { plainView, type TextView, undressed } from './text-views.ts'

/** What is shorter may be a part of anything, and is only replaced where it stands by itself. */
const SHORTEST_ANYWHERE = 4
/** The column of a pool by which the service itself names its buyers: results name them, too. */
const USER_ID = 'userId'

/**
 * The text with `***` in place of each secret, also where it is written as in a URL, a form, JSON, HTML or base64. Of a secret
 * that is a URL, its password too, unless that is the user's name as well: "postgres" is in every other message.
 * The secrets are read when the first text comes.
 */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  let known: KnownSecrets | null = null
  return (text) => {
    known ??= new KnownSecrets(secrets)
    return known.isEmpty ? text : masked(text, known)
  }
}

/** What buyers have, and nobody else is to see: all columns of a pool but the user's id. */
export function* secretsOfBuyers({ pool }: Pick<BuyerIdentities, 'pool'>): Iterable<string> {
  for (const buyer of pool ?? []) {
    for (const [column, value] of Object.entries(buyer)) if (column !== USER_ID) yield value
  }
}

/** Of what a load sends: the environment's, and the buyers' own. */
export function* secretsOfLoad(
  described: { readonly secrets: Readonly<Record<string, string>>; readonly identities: BuyerIdentities } | null,
): Iterable<string> {
  if (described === null) return
  yield* Object.values(described.secrets)
  yield* secretsOfBuyers(described.identities)
}

/** As UTF-8, a character for each byte, since percent-encoding and base64 are of bytes. */
class KnownSecrets {
  readonly #texts = new Set<string>()
  readonly #lengths: readonly number[]
  /** By the first byte. */
  readonly #begins = new Uint8Array(256)

  constructor(secrets: Iterable<string>) {
    const lengths = new Set<number>()
    for (const secret of secrets) {
      for (const text of [secret, ...passwordsIn(secret)]) {
        if (text === '') continue
        const bytes = Buffer.from(text).toString('latin1')
        this.#texts.add(bytes)
        lengths.add(bytes.length)
        this.#begins[bytes.charCodeAt(0)] = 1
      }
    }
    this.#lengths = [...lengths].sort((a, b) => b - a)
  }

  get isEmpty(): boolean {
    return this.#texts.size === 0
  }

  /** Length of the longest that begins there; 0: none does. */
  lengthAt(bytes: string, at: number): number {
    if (this.#begins[bytes.charCodeAt(at)] === 0) return 0
    for (const length of this.#lengths) {
      if (at + length > bytes.length || !this.#texts.has(bytes.slice(at, at + length))) continue
      if (length >= SHORTEST_ANYWHERE || standsAlone(bytes, at, length)) return length
    }
    return 0
  }
}

function standsAlone(bytes: string, at: number, length: number): boolean {
  return !/\w/.test(bytes.charAt(at - 1)) && !/\w/.test(bytes.charAt(at + length))
}

function passwordsIn(secret: string): string[] {
  if (!secret.includes('://') || !URL.canParse(secret)) return []
  const { username, password } = new URL(secret)
  if (password === username) return []
  try {
    return [password, decodeURIComponent(password)]
  } catch {
    return [password]
  }
}

interface Span {
  readonly from: number
  readonly to: number
}

function masked(text: string, known: KnownSecrets): string {
  const whole = plainView(text)
  const spans = [whole, ...undressed(whole)].flatMap((view) => spansIn(view, known))
  let shown = ''
  let end = 0
  for (const { from, to } of spans.sort((a, b) => a.from - b.from || b.to - a.to)) {
    if (from >= end) shown += `${text.slice(end, from)}***`
    end = Math.max(end, to)
  }
  return shown + text.slice(end)
}

function spansIn({ bytes, from, to }: TextView, known: KnownSecrets): Span[] {
  const spans: Span[] = []
  for (let at = 0; at < bytes.length; at++) {
    const length = known.lengthAt(bytes, at)
    if (length > 0) spans.push({ from: from[at]!, to: to[at + length - 1]! })
  }
  return spans
}
