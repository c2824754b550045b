/**
 * From what zod found to sentences for people: what was expected, what was found, which known key was meant.
 */
import type { z } from 'zod'
import { nearestName } from '../nearest-name.ts'
import { formatValue, type Path } from './problem.ts'

export interface FoundProblem {
  readonly path: Path
  readonly sentence: string
  /** Whether it is about the key, not about its value. */
  readonly aboutKey: boolean
}

type Issue = z.core.$ZodIssue

/** Every problem of a document that didn't pass, the same one only once. */
export function problemsOf(issues: readonly Issue[], document: unknown): FoundProblem[] {
  const found = issues.flatMap((issue) => problemsOfIssue(issue, [], document))
  const once = new Map(found.map((problem) => [JSON.stringify([problem.path, problem.sentence]), problem]))
  return [...once.values()]
}

function problemsOfIssue(issue: Issue, prefix: Path, document: unknown): FoundProblem[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))]
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(',')
    return issue.keys.map((key) => unknownKey([...path, key], key, known, document))
  }
  if (issue.code === 'invalid_union') {
    const meant = meantBranch(issue.errors)
    if (meant) return meant.flatMap((inner) => problemsOfIssue(inner, path, document))
  }
  const aboutKey = issue.code === 'invalid_key'
  return [
    {
      path,
      sentence: sentenceOf(issue.message, valueAt(document, path), aboutKey ? path.at(-1) : undefined),
      aboutKey,
    },
  ]
}

/** The one branch whose form the value has: it is wrong inside, not as a whole. */
function meantBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const structural = branches.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || STRUCTURAL.has(code)),
  )
  return structural.length === 1 ? structural[0]! : null
}

/** What can be wrong with a list or mapping as a whole that is, for all that, a list or mapping. */
const STRUCTURAL = new Set<Issue['code']>(['unrecognized_keys'])

const PLAIN_KEY = /^[\w.-]+$/

function unknownKey(path: Path, key: string, known: readonly string[], document: unknown): FoundProblem {
  if (!PLAIN_KEY.test(key) && valueAt(document, path) === null) {
    const sentence = 'unknown key; if it is the rest of a text, that has a comma in it, and inside {...} needs quotes'
    return { path, sentence, aboutKey: true }
  }
  const nearest = nearestName(key, known)
  const guess = nearest === null ? `; known keys: ${known.join(', ')}` : `; did you mean ${JSON.stringify(nearest)}?`
  return { path, sentence: `unknown key${guess}`, aboutKey: true }
}

function sentenceOf(message: string, value: unknown, key: string | number | undefined): string {
  if (!message.startsWith('must ')) return message
  if (key !== undefined) return `${message}, got the key ${formatValue(key)}`
  if (value === undefined) return `is missing; it ${message}`
  return `${message}, got ${formatValue(value)}`
}

export function valueAt(document: unknown, path: Path): unknown {
  let value = document
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<string | number, unknown>)[part]
  }
  return value
}
