/** Finds a scenario: the path of a file, or the name of one that is shipped; and the files that it names in turn. */
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { HarnessError } from '../core/errors.ts'
import { nearestName } from '../core/nearest-name.ts'
import { type FoundFile, loadScenario, type ScenarioFiles, type ScenarioOverrides } from '../scenario/index.ts'
import { shownPath } from './shown-path.ts'
import type { Scenario } from '../core/scenario.ts'

const SHIPPED = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../../scenarios/' : '../../../scenarios/', import.meta.url),
)

export interface ShippedScenario {
  readonly name: string
  readonly path: string
}

export function shippedScenarios(): readonly ShippedScenario[] {
  return readdirSync(SHIPPED)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.yaml'.length), path: join(SHIPPED, file) }))
}

/**
 * Reads and validates a scenario.
 * Throws HarnessError SCENARIO_INVALID with every problem and its place, USAGE when there is no such scenario.
 */
export function readScenario(nameOrPath: string, overrides: ScenarioOverrides): Scenario {
  const path = scenarioPath(nameOrPath, '.')
  if (path === null) {
    throw new HarnessError('USAGE', {
      message: noScenario(nameOrPath),
      hint: `Shipped: ${shippedNames().join(', ')}. Or give the path of a YAML file.`,
    })
  }
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new HarnessError('USAGE', { message: `${path}: cannot be read (${(cause as Error).message})`, cause })
  }
  return loadScenario(text, shownPath(path), overrides, filesBeside(path))
}

/** What a scenario names stands beside it, or is shipped. */
function filesBeside(path: string): ScenarioFiles {
  return {
    id: resolve(path),
    scenario: (nameOrPath, from) => {
      const found = scenarioPath(nameOrPath, dirname(from))
      return found === null ? { found: false, sentence: noScenario(nameOrPath) } : foundFile(found)
    },
    times: (name, from) => foundFile(resolve(dirname(from), name)),
  }
}

/** A pipe, or a device without an end, would be waited for without a way out: not even Ctrl-C ends a synchronous read. */
function foundFile(path: string): FoundFile {
  try {
    if (!statSync(path).isFile()) return { found: false, sentence: 'cannot be read (it is not a regular file)' }
    return { found: true, id: resolve(path), label: shownPath(path), text: readFileSync(path, 'utf8') }
  } catch (cause) {
    return { found: false, sentence: `cannot be read (${(cause as Error).message})` }
  }
}

/** A file, as seen from `folder`, before a shipped one of that name; null: neither. */
function scenarioPath(nameOrPath: string, folder: string): string | null {
  const path = resolve(folder, nameOrPath)
  if (isFile(path)) return path
  return shippedScenarios().find(({ name }) => name === nameOrPath)?.path ?? null
}

function noScenario(nameOrPath: string): string {
  const near = nearestName(nameOrPath, shippedNames())
  return `there is no scenario "${nameOrPath}": no such file, and none of that name is shipped${near ? `; did you mean "${near}"?` : ''}`
}

function shippedNames(): string[] {
  return shippedScenarios().map(({ name }) => name)
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile()
  } catch {
    return false
  }
}
