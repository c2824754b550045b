/** Keeps secrets out of whatever is shown or written: each has one place where it is known, and this is what all else sees. */

/** What is shorter may be a part of anything, and is only replaced where it stands by itself. */
const SHORTEST_ANYWHERE = 4

/**
 * The text with `***` in place of each secret, also where it is written as in a URL, in JSON or in base64. Of a secret that
 * is a URL, its password too, unless that is the user's name as well: "postgres" is in every other message.
 */
export function redactor(secrets: Iterable<string>): (text: string) => string {
  const whole = [...secrets]
  const forms = new Set([...whole, ...whole.flatMap(passwordsIn)].filter((secret) => secret !== '').flatMap(formsOf))
  if (forms.size === 0) return (text) => text
  const patterns = [...forms].toSorted((a, b) => b.length - a.length).map(patternOf)
  const pattern = new RegExp(patterns.join('|'), 'gu')
  return (text) => text.replaceAll(pattern, '***')
}

function passwordsIn(secret: string): string[] {
  if (!URL.canParse(secret)) return []
  const { username, password } = new URL(secret)
  if (password === username) return []
  try {
    return [password, decodeURIComponent(password)]
  } catch {
    return [password]
  }
}

function formsOf(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  ]
}

function patternOf(text: string): string {
  const literal = text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
  return text.length < SHORTEST_ANYWHERE ? String.raw`(?<!\w)${literal}(?!\w)` : literal
}
