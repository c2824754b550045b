/** The scenario files that are shipped, and others beside them, for tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import type { FoundFile, ScenarioFiles } from '../files.ts'

const FOLDER = new URL('../../../scenarios/', import.meta.url)

export interface ShippedScenario {
  readonly file: string
  readonly text: string
}

export const SHIPPED_SCENARIOS: readonly ShippedScenario[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => ({ file, text: readFileSync(new URL(file, FOLDER), 'utf8') }))

export function shippedScenario(name: string): string {
  const found = SHIPPED_SCENARIOS.find(({ file }) => file === `${name}.yaml`)
  if (!found) throw new Error(`scenarios/${name}.yaml is not there`)
  return found.text
}

/** Files beside the scenario, by path, and the shipped scenarios by name. */
export function filesOf(texts: Readonly<Record<string, string>>): ScenarioFiles {
  const find = (path: string): FoundFile => {
    const text = texts[path]
    return text === undefined
      ? { found: false, sentence: `cannot be read (no ${path})` }
      : { found: true, id: path, label: path, text }
  }
  return {
    id: 'mine.yaml',
    times: (path, from) => find(join(dirname(from), path)),
    scenario: (name, from) => {
      const beside = find(join(dirname(from), name))
      const shipped = SHIPPED_SCENARIOS.find(({ file }) => file === `${name}.yaml`)
      if (beside.found || shipped === undefined) return beside
      return { found: true, id: `shipped/${shipped.file}`, label: `shipped/${shipped.file}`, text: shipped.text }
    },
  }
}

export const SHIPPED_FILES = filesOf({})
