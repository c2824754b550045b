/** The strategies as lines of text: in `list strategies`, and wherever one has to be named and wasn't. */
import type { StrategyDescription } from '../core/catalogue.ts'

export function strategyLines(strategies: readonly StrategyDescription[]): string[] {
  const width = Math.max(...strategies.map(({ name }) => name.length))
  const lineOf = ({ name, summary }: StrategyDescription): string => `${name.padEnd(width)}  ${summary}`
  const controls = strategies.filter(({ control }) => control)
  return [
    ...strategies.filter(({ control }) => !control).map(lineOf),
    '',
    'Controls, each built wrong for a check to convict it (docs/controls.md):',
    ...controls.map(lineOf),
  ]
}
