/**
 * The secrets of a descriptor: each `{{env.NAME}}` that it holds anywhere, with its value from the environment. They go
 * into requests and connections, and nowhere else: every message passes `redact` first.
 */
import { HarnessError } from '../core/errors.ts'
import { redactor } from '../core/redactor.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'

export interface Secrets {
  /** By NAME. */
  readonly values: Readonly<Record<string, string>>
  /** The text with `***` in place of each value. */
  readonly redact: (text: string) => string
  /** Further ones, which were not known at the beginning: from now on {@link redact} masks these, too. */
  readonly learn: (secrets: Iterable<string>) => void
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
  const known = Object.values(values)
  let mask = redactor(known)
  return {
    values,
    redact: (text) => mask(text),
    learn(secrets) {
      for (const secret of secrets) known.push(secret)
      mask = redactor(known)
    },
  }
}

/** A descriptor is plain data: a placeholder is whatever has a `value` of that form. */
function namesIn(part: unknown, names = new Set<string>()): Set<string> {
  if (typeof part !== 'object' || part === null) return names
  const { value } = part as { readonly value?: unknown }
  if (typeof value === 'string' && value.startsWith(PREFIX) && 'as' in part) names.add(value.slice(PREFIX.length))
  for (const member of Object.values(part)) namesIn(member, names)
  return names
}
