/**
 * The secrets of a descriptor: each `{{env.NAME}}` that it holds anywhere, with its value from the environment. They go
 * into requests and connections, and nowhere else: every message passes `redact` first.
 */
import { HarnessError } from '../core/errors.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'

export interface Secrets {
  /** By NAME. */
  readonly values: Readonly<Record<string, string>>
  /** The text with `***` in place of each value, also where it is written as in a URL, in JSON or in base64. */
  readonly redact: (text: string) => string
}

const PREFIX = 'env.'

/** Throws HarnessError USAGE with the names of all that are not set. */
export function secretsOf(descriptor: TargetDescriptor, env: Readonly<Record<string, string | undefined>>): Secrets {
  const names = [...namesIn(descriptor)].sort()
  const missing = names.filter((name) => env[name] === undefined || env[name] === '')
  if (missing.length > 0) {
    throw new HarnessError('USAGE', {
      message: `target ${descriptor.name} needs ${missing.join(', ')} from the environment, where ${missing.length === 1 ? 'it is' : 'they are'} not set`,
      hint: `Set ${missing.length === 1 ? 'it' : 'them'} and start again: ${missing.map((name) => `${name}=...`).join(' ')} doorbuster run ...`,
    })
  }
  const values = Object.fromEntries(names.map((name) => [name, env[name]!]))
  return { values, redact: redactor(Object.values(values)) }
}

/** A descriptor is plain data: a placeholder is whatever has a `value` of that form. */
function namesIn(part: unknown, names = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return names
  const { value } = part as { readonly value?: unknown }
  if (typeof value === 'string' && value.startsWith(PREFIX) && 'as' in part) names.add(value.slice(PREFIX.length))
  for (const member of Object.values(part)) namesIn(member, names)
  return names
}

/** What is shorter may be a part of anything, and is only replaced where it stands by itself. */
const SHORTEST_ANYWHERE = 4

function redactor(secrets: readonly string[]): (text: string) => string {
  const forms = new Set(secrets.flatMap(formsOf))
  const patterns = [...forms].sort((a, b) => b.length - a.length).map(patternOf)
  if (patterns.length === 0) return (text) => text
  const pattern = new RegExp(patterns.join('|'), 'gu')
  return (text) => text.replaceAll(pattern, '***')
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
  const literal = text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)
  return text.length < SHORTEST_ANYWHERE ? String.raw`(?<!\w)${literal}(?!\w)` : literal
}
