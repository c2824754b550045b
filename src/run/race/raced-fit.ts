/** Whether a described service can be raced at all, as far as its descriptor tells: looked at before anything is started. Pure. */
import { HarnessError } from '../../core/errors.ts'
import type { TargetDescriptor } from '../../core/target-descriptor.ts'

type Asked = Pick<TargetDescriptor, 'name' | 'race' | 'open' | 'shared' | 'soldMeans'>

/** Throws HarnessError USAGE, which says what to add. */
export function refuseUnraced(descriptor: Asked): void {
  const { race, open, shared, soldMeans } = descriptor
  if (race === null) {
    throw unraced(descriptor, 'its descriptor does not say how it finds its stores', ADD_STORES)
  }
  if (open === null) {
    throw unraced(
      descriptor,
      'nothing opens a sale, and each order of a race is a sale of its own',
      'Say under `open` how a sale is set up, {{stock}} among it.',
    )
  }
  if (shared) {
    throw unraced(
      descriptor,
      'others sell from the same stock (shared: true), so that no order can be run twice',
      'Race it on a stock of its own.',
    )
  }
  if (soldMeans === 'queued') {
    throw unraced(
      descriptor,
      'a sold answer is only a place in the queue (promise: {sold: queued}), which convicts nobody',
      'Let `poll` wait for the end of each buy.',
    )
  }
}

const ADD_STORES =
  'Add the environment variables by which `start` finds them: race: {stores: {DATABASE_URL: "{{env.DATABASE_URL}}"}}. docs/target.md has more.'

function unraced({ name }: Asked, why: string, hint: string): HarnessError {
  return new HarnessError('USAGE', { message: `${name} can't be raced: ${why}`, hint })
}
