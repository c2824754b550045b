/**
 * Whether a target can be searched for its capacity: each trial is a sale of its own, so that something has to open one. Said
 * before the first trial. Pure.
 */
import { HarnessError } from '../core/errors.ts'
import type { TargetDescriptor } from '../core/target-descriptor.ts'
import type { TargetChoice } from './run-scenario.ts'

type Opened = Pick<TargetDescriptor, 'name' | 'open' | 'start'>

/** Throws HarnessError USAGE. */
export function refuseWithoutFreshSale({ name, open, start }: Opened): void {
  if (open !== null || start !== null) return
  throw new HarnessError('USAGE', {
    message: `${name} has no fresh sale for each trial: its descriptor neither opens one nor starts the service, and what one trial buys is gone for the next`,
    hint: 'Say under `open` how a sale is set up, such as a request that sets the stock to {{stock}}: see docs/target.md.',
  })
}

/** What a reader has to know of the sales of the trials; null: nothing. */
export function saleRemark(target: TargetChoice): string | null {
  if (target.kind === 'strategy' || target.descriptor.open !== null) return null
  return `the descriptor of ${target.descriptor.name} opens no sale: each trial starts the service anew, and has what stock it then has`
}
