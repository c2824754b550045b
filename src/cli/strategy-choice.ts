/** Which strategy is meant: one of the server's own by its name, or one in a module by its path. */
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { StrategyDescription } from '../core/catalogue.ts'
import { HarnessError } from '../core/errors.ts'
import { nearestName } from '../core/nearest-name.ts'
import { describeStrategyModule, readCatalogue } from '../run/target-process.ts'
import { strategyLines } from './catalogue-text.ts'

export interface ChosenStrategy {
  readonly description: StrategyDescription
  /** Path of its module; undefined for one of the server's own. */
  readonly module: string | undefined
}

/**
 * Throws HarnessError USAGE, with the list, when none or an unknown one was named; STRATEGY_INVALID when the module that
 * was named holds none.
 */
export async function chooseStrategy(nameOrPath: string | undefined): Promise<ChosenStrategy> {
  if (nameOrPath !== undefined && isPath(nameOrPath)) {
    const module = resolve(nameOrPath)
    if (!(await isFile(module))) {
      throw new HarnessError('USAGE', { message: `${nameOrPath}: there is no such file to take a strategy from` })
    }
    return { description: await describeStrategyModule(module), module }
  }
  const { strategies } = await readCatalogue()
  const description = strategies.find(({ name }) => name === nameOrPath)
  if (description !== undefined) return { description, module: undefined }
  throw new HarnessError('USAGE', {
    message: whatIsWrong(
      nameOrPath,
      strategies.map(({ name }) => name),
    ),
    hint: [...strategyLines(strategies), '', 'Or give the path of a module that holds one: ./mine.ts'].join('\n'),
  })
}

/** No strategy's name has a slash or ends like a file. */
function isPath(text: string): boolean {
  return /[/\\]|\.[cm]?[jt]sx?$/.test(text)
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

function whatIsWrong(name: string | undefined, known: readonly string[]): string {
  if (name === undefined) return 'which strategy? Name one with --strategy, or a service of your own with --target.'
  const near = nearestName(name, known)
  return `there is no strategy "${name}"${near === null ? '' : `; did you mean "${near}"?`}`
}
