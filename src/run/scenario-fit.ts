/**
 * Whether a described target can be asked for what a scenario asks, as far as its descriptor and its pool of buyers tell:
 * looked at before anything is started, opened or written. Pure.
 */
import { HarnessError } from '../core/errors.ts'
import type { Scenario } from '../core/scenario.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import { formatCount } from '../core/units.ts'

type Asked = Pick<Scenario, 'name' | 'sale' | 'buyers'>

/** Throws HarnessError USAGE. */
export function refuseUnfit({ protocol, skus }: Pick<TargetDescriptor, 'protocol' | 'skus'>, scenario: Asked): void {
  const { name, sale, buyers } = scenario
  if (sale.opensAfterMs !== null || sale.closesAfterMs !== null) {
    throw new HarnessError('USAGE', {
      message: `${name} has opening hours (sale.opensAfter, sale.closesAfter), which a described target can't be told`,
      hint: 'Open and close the sale by the actions of the descriptor, or take a scenario without hours.',
    })
  }
  if (buyers.readShare > 0 && protocol.read === null) {
    throw new HarnessError('USAGE', {
      message: `${name} has buyers who read the stock (buyers.reads), and the target is described without a read`,
      hint: 'Describe the `read`, or add --set buyers.reads=0%.',
    })
  }
  const asked = sale.skus?.names.length ?? 1
  if (skus !== null && asked > skus.length) throw tooFewSkus(asked, skus.length)
}

export function tooFewSkus(asked: number, named: number): HarnessError {
  return new HarnessError('USAGE', {
    message: `the scenario sells ${formatCount(asked)} SKUs, and the descriptor names ${formatCount(named)}`,
    hint: 'Name as many under `skus`, or leave it out: then the scenario names them.',
  })
}

/** As many buyers as the pool has; null: there is none. Throws HarnessError USAGE where the bots alone are more. */
export function fitToPool<Of extends Pick<Scenario, 'buyers'>>(
  scenario: Of,
  { pool }: { readonly pool: { readonly length: number } | null },
): Of {
  if (pool === null) return scenario
  const { buyers } = scenario
  const bots = buyers.bots?.users ?? 0
  const population = Math.min(buyers.population, pool.length - bots)
  if (population < 1) {
    throw new HarnessError('USAGE', {
      message: `the scenario has ${formatCount(bots)} bots, and the pool only ${formatCount(pool.length)} buyers`,
    })
  }
  return { ...scenario, buyers: { ...buyers, population } }
}
