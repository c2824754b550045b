/** The scenario files that are shipped, for tests. */
import { readdirSync, readFileSync } from 'node:fs'

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
