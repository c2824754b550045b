/** A descriptor as a document: how its YAML is read, and how everything that is wrong with it is told. */
import type { HarnessError } from '../core/errors.ts'
import { documentInvalid, type Problem } from '../core/document/problem.ts'
import { parseYamlDocument, type YamlDocument } from '../core/document/yaml-document.ts'

const NOUN = { name: 'a descriptor', form: 'a mapping with at least name, url, buy and outcomes' }

export function parseDescriptorDocument(text: string, fileName: string): YamlDocument {
  return parseYamlDocument(text, fileName, NOUN)
}

/** DESCRIPTOR_INVALID with a line for each problem. */
export function descriptorInvalid(problems: readonly Problem[]): HarnessError {
  return documentInvalid(
    'DESCRIPTOR_INVALID',
    problems,
    'docs/target.md describes every key. In YAML, a text with {{...}} goes in quotes when it begins with it, or stands inside {...} or [...].',
  )
}
