/** A descriptor as a document: how its YAML is read, and how everything that is wrong with it is told. */
import type { HarnessError } from '../core/errors.ts'
import { documentInvalid, type Problem } from '../core/document/problem.ts'
import { parseYamlDocument, type YamlDocument } from '../core/document/yaml-document.ts'

const NOUN = { name: 'a descriptor', form: 'a mapping with at least name, url, buy and outcomes' }

export function parseDescriptorDocument(text: string, fileName: string): YamlDocument {
  const document = parseYamlDocument(text, fileName, NOUN)
  return { ...document, problems: explainBareBraces(document.problems, text) }
}

/**
 * Placeholders without quotes are mappings to YAML, and what it says of them is long and of no help. They are told of
 * where the trouble begins with them; what follows it is of their making.
 */
function explainBareBraces(problems: readonly Problem[], text: string): readonly Problem[] {
  const lines = text.split('\n')
  const isBare = ({ place }: Problem): boolean =>
    (lines[place.line - 1] ?? '').replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '').includes('{{')
  const first = problems[0]
  if (first === undefined || !isBare(first)) return problems
  const byLine = new Map(
    problems
      .filter(isBare)
      .toReversed()
      .map((problem) => [problem.place.line, problem]),
  )
  return [...byLine.values()].map((problem) => ({ ...problem, sentence: BARE_BRACES }))
}

const BARE_BRACES =
  'must have its {{...}} in quotes: without them YAML takes { for a mapping at the beginning of a text, and inside {...} or [...]'

/** DESCRIPTOR_INVALID with a line for each problem. */
export function descriptorInvalid(problems: readonly Problem[]): HarnessError {
  return documentInvalid(
    'DESCRIPTOR_INVALID',
    problems,
    'docs/target.md describes every key; `doorbuster init --target` writes a descriptor to begin with.',
  )
}
