/** Finds a scenario: the path of a file, or the name of one that is shipped. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../core/errors.ts'
import { nearestName } from '../core/nearest-name.ts'
import { loadScenario, type ScenarioOverrides } from '../scenario/index.ts'
import { shownPath } from './shown-path.ts'
import type { Scenario } from '../core/scenario.ts'

const SHIPPED = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../scenarios/' : '../../../scenarios/', import.meta.url),
)

export interface ShippedScenario {
  readonly name: string
  readonly path: string
}

export async function shippedScenarios(): Promise<readonly ShippedScenario[]> {
  const files = await readdir(SHIPPED)
  return files
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.yaml'.length), path: join(SHIPPED, file) }))
}

/**
 * Reads and validates a scenario.
 * Throws HarnessError SCENARIO_INVALID with every problem and its place, USAGE when there is no such scenario.
 */
export async function readScenario(nameOrPath: string, overrides: ScenarioOverrides): Promise<Scenario> {
  const path = await scenarioPath(nameOrPath)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new HarnessError('USAGE', { message: `${path}: cannot be read (${(cause as Error).message})`, cause })
  }
  return loadScenario(text, shownPath(path), overrides)
}

async function scenarioPath(nameOrPath: string): Promise<string> {
  if (await isFile(nameOrPath)) return nameOrPath
  const shipped = await shippedScenarios()
  const found = shipped.find(({ name }) => name === nameOrPath)
  if (found) return found.path
  const names = shipped.map(({ name }) => name)
  const near = nearestName(nameOrPath, names)
  throw new HarnessError('USAGE', {
    message: `there is no scenario "${nameOrPath}": no such file, and none of that name is shipped${near ? `; did you mean "${near}"?` : ''}`,
    hint: `Shipped: ${names.join(', ')}. Or give the path of a YAML file.`,
  })
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
