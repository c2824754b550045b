/** The strategies as lines of text: in `list strategies`, and wherever one has to be named and wasn't. */
import type { StrategyDescription } from '../core/catalogue.ts'

export function strategyLines(strategies: readonly StrategyDescription[]): string[] {
  const width = Math.max(...strategies.map(({ name }) => name.length))
  return strategies.map(
    ({ name, summary, control }) => `${name.padEnd(width)}  ${control ? '(control) ' : ''}${summary}`,
  )
}
