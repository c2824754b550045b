/** What a gate calls a change, unless it is told otherwise. */
import { HarnessError } from '../core/errors.ts'
import type { GateMetric, GateOptions } from '../core/gate-record.ts'
import { nearestName } from '../core/nearest-name.ts'
import { parseShare } from '../core/units.ts'

const LEAST_EFFECT: GateOptions['leastEffect'] = {
  goodputPerSec: 0.05,
  p50Ms: 0.05,
  p99Ms: 0.1,
  errorRate: 0.01,
  cpuMicrosPerOrder: 0.05,
}

/** As people write them on a command line. */
const METRIC_OF_WORD: Readonly<Record<string, GateMetric>> = {
  goodput: 'goodputPerSec',
  p50: 'p50Ms',
  p99: 'p99Ms',
  errorRate: 'errorRate',
  cpu: 'cpuMicrosPerOrder',
}

type GivenOptions = Partial<Omit<GateOptions, 'leastEffect'>> & {
  readonly leastEffect?: Partial<GateOptions['leastEffect']>
}

/** With the defaults for what is not given. */
export function gateOptions({ leastEffect, ...given }: GivenOptions = {}): GateOptions {
  return {
    work: 'strict',
    onInconclusive: 'fail',
    quick: false,
    ...given,
    leastEffect: { ...LEAST_EFFECT, ...leastEffect },
  }
}

/**
 * `p99=10%` for each metric that was given: the last of one metric counts. Throws HarnessError USAGE for anything that is
 * no metric with a share of 100 % at most, or of goodput, which can't fall by more than all of it, below that.
 */
export function parseLeastEffect(texts: readonly string[]): Partial<GateOptions['leastEffect']> {
  return Object.fromEntries(texts.map(parseOne))
}

function parseOne(text: string): [GateMetric, number] {
  const [, word = '', amount = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(text) ?? []
  const metric = Object.hasOwn(METRIC_OF_WORD, word) ? METRIC_OF_WORD[word] : undefined
  if (metric === undefined) {
    const known = Object.keys(METRIC_OF_WORD)
    const meant = nearestName(word, known)
    throw new HarnessError('USAGE', {
      message: `--least-effect ${text}: no such metric${meant === null ? '' : `; did you mean "${meant}"?`}`,
      hint: `Give one of ${known.join(', ')} and a share, like p99=10%.`,
    })
  }
  const share = parseEffect(amount)
  const isAllOfIt = metric === 'goodputPerSec' && share === 1
  if (share === null || isAllOfIt) {
    const most = metric === 'goodputPerSec' ? 'below 100 %' : 'up to 100 %'
    throw new HarnessError('USAGE', {
      message: `--least-effect ${text}: "${amount}" is no share above 0 % and ${most}`,
      hint: 'Give a metric and a share, like p99=10%.',
    })
  }
  return [metric, share]
}

/** Above 0: where the smallest difference counts, every gate ends in one. */
function parseEffect(text: string): number | null {
  const share = parseShare(text)
  return share === null || share === 0 ? null : share
}
