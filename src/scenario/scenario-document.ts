/** A scenario as a document: how its YAML is read, and how everything that is wrong with it is told. */
import type { HarnessError } from '../core/errors.ts'
import { documentInvalid, type Problem } from '../core/document/problem.ts'
import { parseYamlDocument, type YamlDocument } from '../core/document/yaml-document.ts'

const NOUN = { name: 'a scenario', form: 'a mapping with at least name, sale and steps' }

export function parseScenarioDocument(text: string, fileName: string): YamlDocument {
  return parseYamlDocument(text, fileName, NOUN)
}

/** SCENARIO_INVALID with a line for each problem. */
export function scenarioInvalid(problems: readonly Problem[]): HarnessError {
  return documentInvalid(
    'SCENARIO_INVALID',
    problems,
    'docs/scenarios.md describes every key, and scenarios/ holds files that work.',
  )
}
