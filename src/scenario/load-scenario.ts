/**
 * From the text of a scenario file to a frozen scenario, or to everything that is wrong with it.
 * Pure: the caller reads the file.
 */
import type { Scenario } from '../core/scenario.ts'
import { parseScenarioDocument } from './document.ts'
import { applyOverrides, type ScenarioOverrides } from './overrides.ts'
import { type Path, type Problem, scenarioInvalid } from './problem.ts'
import { resolveScenario } from './resolve.ts'
import { problemsOf } from './schema-problems.ts'
import { scenarioSchema } from './schema.ts'

/**
 * `fileName` is only named in messages.
 * Throws HarnessError SCENARIO_INVALID, whose message has a line for every problem:
 * `file:line:column  path: what was expected, got what`.
 */
export function loadScenario(text: string, fileName: string, overrides: ScenarioOverrides = {}): Scenario {
  const document = parseScenarioDocument(text, fileName)
  if (document.value === undefined) throw scenarioInvalid(document.problems)

  const overridden = applyOverrides(document.value, overrides)
  const problems: Problem[] = [...document.problems, ...overridden.problems]
  const placeOf = (path: Path, aboutKey: boolean): Problem['place'] =>
    overridden.optionAt(path) ?? (aboutKey ? document.placeOfKey(path) : document.placeOfValue(path))

  const parsed = scenarioSchema.safeParse(overridden.value)
  if (!parsed.success) {
    for (const { path, sentence, aboutKey } of problemsOf(parsed.error.issues, overridden.value)) {
      problems.push({ place: placeOf(path, aboutKey), path, sentence })
    }
  }
  if (!parsed.success || problems.length > 0) throw scenarioInvalid(problems)

  const scenario = resolveScenario(parsed.data, overridden.firstOptionThreshold)
  for (const threshold of scenario.thresholds) {
    if (typeof threshold.scope !== 'number' || threshold.scope < scenario.steps.length) continue
    const path = ['thresholds', (parsed.data.thresholds ?? []).indexOf(threshold.expression)]
    const sentence = `there is no step ${threshold.scope + 1}: this scenario has ${scenario.steps.length}`
    problems.push({ place: placeOf(path, false), path, sentence })
  }
  if (problems.length > 0) throw scenarioInvalid(problems)
  return deepFreeze(scenario)
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner)
    Object.freeze(value)
  }
  return value
}
