/** What is compared: strategies by their names, or all of them, and services of the user's own by their descriptors. */
import type { StrategyDescription } from '../core/catalogue.ts'
import { HarnessError } from '../core/errors.ts'
import type { ComparedTarget } from '../run/contestants.ts'
import { readCatalogue } from '../run/target-process.ts'
import { strategyLines } from './catalogue-text.ts'
import { readDescriptor } from './descriptor-source.ts'
import { chooseStrategy } from './strategy-choice.ts'

export interface ComparedOptions {
  /** `all`, `all+controls`, or names and paths. */
  readonly strategies?: readonly string[]
  readonly target?: readonly string[]
  readonly iMayTest?: readonly string[]
}

export interface ComparedTargets {
  readonly targets: readonly ComparedTarget[]
  /** A sentence each. */
  readonly warnings: readonly string[]
}

const ALL = 'all'
const ALL_AND_CONTROLS = 'all+controls'

/** Throws HarnessError USAGE, STRATEGY_INVALID or DESCRIPTOR_INVALID. */
export async function comparedTargets({
  strategies,
  target: files,
  iMayTest,
}: ComparedOptions): Promise<ComparedTargets> {
  if (iMayTest !== undefined && files === undefined) {
    throw new HarnessError('USAGE', { message: '--i-may-test says nothing without --target' })
  }
  const catalogue = (await readCatalogue()).strategies
  if (strategies === undefined && files === undefined) throw nothingNamed(catalogue)
  const chosen = strategies === undefined ? [] : await strategiesOf(strategies, catalogue)
  const services = (files ?? []).map((path) => readDescriptor(path))
  return {
    targets: [
      ...chosen,
      ...services.map(({ descriptor }): ComparedTarget => {
        const choice = { kind: 'service', descriptor, permittedHosts: iMayTest ?? [] } as const
        return { choice, broughtAlong: false }
      }),
    ],
    warnings: services.flatMap(({ warnings }) => warnings),
  }
}

async function strategiesOf(
  names: readonly string[],
  catalogue: readonly StrategyDescription[],
): Promise<ComparedTarget[]> {
  const [first] = names
  if (first === ALL || first === ALL_AND_CONTROLS) {
    if (names.length > 1) throw notBesideAll(first)
    return catalogue
      .filter(({ control }) => !control || first === ALL_AND_CONTROLS)
      .map((strategy) => ({ choice: { kind: 'strategy', strategy, instances: 1 }, broughtAlong: true }))
  }
  const chosen: ComparedTarget[] = []
  for (const name of names) {
    const known = catalogue.find((strategy) => strategy.name === name)
    // Whatever else it is: a path, or nothing at all.
    const { description, module } = known ? { description: known, module: undefined } : await chooseStrategy(name)
    const choice = { kind: 'strategy', strategy: description, strategyModule: module, instances: 1 } as const
    chosen.push({ choice, broughtAlong: false })
  }
  return chosen
}

function notBesideAll(word: string): HarnessError {
  return new HarnessError('USAGE', {
    message: `--strategies ${word} stands alone: it has all of them already`,
    hint: `Name the strategies that are meant, or leave the names beside ${word} out.`,
  })
}

function nothingNamed(catalogue: readonly StrategyDescription[]): HarnessError {
  return new HarnessError('USAGE', {
    message:
      'what is to be compared? Name strategies with --strategies a,b or all, or services of your own with --target.',
    hint: strategyLines(catalogue).join('\n'),
  })
}
