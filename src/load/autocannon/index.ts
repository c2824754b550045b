/** The closed model: autocannon's client, its requests made unique, recorded and judged like everyone's. */
import { createRequire } from 'node:module'
import { HarnessError } from '../../core/errors.ts'
import type { LoadEngine, LoadEngineOptions } from '../load-engine.ts'
import { openLoopEngine } from '../open-loop/index.ts'
import { AutocannonRun } from './engine.ts'

/**
 * What the warm-up asks for at most. The rate of a closed step says how much is planned, not how much the target takes:
 * at 20,000/s a slow one would only be flooded.
 */
const WARM_UP_RATE_PER_SEC = 5_000

/** One worker thread, whatever the options say: one holds more than a target on the same machine answers. */
export function createAutocannonEngine(): LoadEngine {
  return {
    name: 'autocannon',
    version: autocannonVersion(),
    model: 'closed',
    start: async (options) => {
      refuseWhatItCannot(options)
      const peakRatePerSec = Math.min(options.peakRatePerSec, WARM_UP_RATE_PER_SEC)
      return new AutocannonRun(options, await openLoopEngine.start({ ...options, peakRatePerSec, workers: 1 }))
    },
  }
}

function autocannonVersion(): string {
  const { version } = createRequire(import.meta.url)('autocannon/package.json') as { readonly version: string }
  return version
}

function refuseWhatItCannot({ described, targetUrl }: LoadEngineOptions): void {
  if (described !== undefined && described.protocol.poll !== null) {
    throw new HarnessError('USAGE', {
      message: 'the engine autocannon asks after no buy that was queued, and this target is described with a poll',
      hint: 'Run it with --engine open.',
    })
  }
  if (new URL(targetUrl).protocol !== 'http:') {
    throw new HarnessError('USAGE', {
      message: `the engine autocannon speaks plain HTTP only, and the target is ${targetUrl}: its client takes any certificate unseen`,
      hint: 'Run it with --engine open.',
    })
  }
}
