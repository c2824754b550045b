/**
 * From the text of a scenario file to a frozen scenario, or to everything that is wrong with it.
 * Pure: the caller reads the file.
 */
import type { Scenario } from '../core/scenario.ts'
import { formatCount, formatQuantity } from '../core/units.ts'
import { deepFreeze } from '../core/deep-freeze.ts'
import { type ScenarioFiles, NO_OTHER_FILES } from './files.ts'
import { readLineage } from './lineage.ts'
import { SCENARIO_LIMITS } from './limits.ts'
import { applyOverrides, type ScenarioOverrides } from './overrides.ts'
import type { Path, Problem } from '../core/document/problem.ts'
import { scenarioInvalid } from './scenario-document.ts'
import { parseReplayFile, type ReplayTimes } from './replay-file.ts'
import { resolveScenario } from './resolve.ts'
import { problemsOf, valueAt } from '../core/document/schema-problems.ts'
import { scenarioSchema, type WrittenScenario } from './schema.ts'

/**
 * `fileName` is only named in messages. `files`: how it finds what it extends and replays.
 * Throws HarnessError SCENARIO_INVALID, whose message has a line for every problem:
 * `file:line:column  path: what was expected, got what`.
 */
export function loadScenario(
  text: string,
  fileName: string,
  overrides: ScenarioOverrides = {},
  files: ScenarioFiles = NO_OTHER_FILES,
): Scenario {
  const document = readLineage(text, fileName, files)
  if (document.value === undefined) throw scenarioInvalid(document.problems)

  const overridden = applyOverrides(document.value, overrides)
  const problems: Problem[] = [...document.problems, ...overridden.problems]
  const placeOf = (path: Path, aboutKey: boolean): Problem['place'] =>
    overridden.optionAt(path) ?? (aboutKey ? document.placeOfKey(path) : document.placeOfValue(path))

  const parsed = scenarioSchema.safeParse(overridden.value)
  if (!parsed.success) {
    const lacksAnother = document.problems.some(({ path }) => path[0] === 'extends')
    for (const { path, sentence, aboutKey } of problemsOf(parsed.error.issues, overridden.value)) {
      // What is missing here may well be said by the scenario that wasn't found.
      const isMissing = valueAt(overridden.value, path) === undefined
      if (lacksAnother && isMissing && path[0] !== 'name') continue
      problems.push({ place: placeOf(path, aboutKey), path, sentence })
    }
  }
  if (!parsed.success || problems.length > 0) throw scenarioInvalid(problems)

  const replays = new Map<number, ReplayTimes>()
  for (const [index, path] of replayPaths(parsed.data)) {
    const named = ['steps', index, 'replay']
    const found = files.times(path, document.fileOf(named))
    if (!found.found) {
      problems.push({ place: placeOf(named, false), path: named, sentence: found.sentence })
      continue
    }
    const replay = parseReplayFile(found.text, found.label)
    problems.push(...replay.problems)
    replays.set(index, replay.times)
  }
  if (problems.length > 0) throw scenarioInvalid(problems)

  const scenario = resolveScenario(parsed.data, overridden.firstOptionThreshold, replays)
  const sales = scenario.steps.length * (scenario.sale.skus?.names.length ?? 1)
  if (scenario.sale.skus !== null && sales > SCENARIO_LIMITS.salesOfAllSteps) {
    const path = ['sale', 'skus']
    const sentence = `makes ${formatCount(sales)} sales in ${formatQuantity(scenario.steps.length, 'step')}; at most ${formatCount(SCENARIO_LIMITS.salesOfAllSteps)} are possible`
    problems.push({ place: placeOf(path, false), path, sentence })
  }
  for (const threshold of scenario.thresholds) {
    if (typeof threshold.scope !== 'number' || threshold.scope < scenario.steps.length) continue
    const path = ['thresholds', (parsed.data.thresholds ?? []).indexOf(threshold.expression)]
    const sentence = `there is no step ${threshold.scope + 1}: this scenario has ${scenario.steps.length}`
    problems.push({ place: placeOf(path, false), path, sentence })
  }
  if (problems.length > 0) throw scenarioInvalid(problems)
  return deepFreeze(scenario)
}

function replayPaths({ steps }: WrittenScenario): [number, string][] {
  if (!Array.isArray(steps)) return []
  return steps.flatMap(({ replay }, index): [number, string][] => (replay === undefined ? [] : [[index, replay]]))
}
