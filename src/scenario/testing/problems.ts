/** What loading a scenario comes to, as lines, for tests. */
import { HarnessError } from '../../core/errors.ts'
import type { ScenarioFiles } from '../files.ts'
import { loadScenario } from '../load-scenario.ts'
import { SHIPPED_FILES } from './shipped-scenarios.ts'
import type { ScenarioOverrides } from '../overrides.ts'

/** The problems that a text has, a line each; none when it loads. Any other error goes on its way. */
export function problemLines(
  text: string,
  overrides: ScenarioOverrides = {},
  files: ScenarioFiles = SHIPPED_FILES,
): string[] {
  try {
    loadScenario(text, 'mine.yaml', overrides, files)
    return []
  } catch (error) {
    if (error instanceof HarnessError && error.code === 'SCENARIO_INVALID') return error.message.split('\n')
    throw error
  }
}
