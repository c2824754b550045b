/** Figures of a contestant from those of its runs: each an estimate with its interval, a value a run. Pure. */
import type { ComparedFigures, ResponseFigure } from '../core/compare-record.ts'
import type { Random } from '../core/random.ts'
import { type Estimate, estimate } from '../core/statistics/estimate.ts'
import { RESPONSE_FIGURES, type RunValues } from './run-values.ts'

/** null without runs. */
export function figuresOf(runs: readonly RunValues[], random: Random): ComparedFigures | null {
  const always = (of: (run: RunValues) => number): Estimate | null => estimate(runs.map(of), { random })
  const goodputPerSec = always((run) => run.goodputPerSec)
  const soldPerSec = always((run) => run.soldPerSec)
  const errorRate = always((run) => run.errorRate)
  if (goodputPerSec === null || soldPerSec === null || errorRate === null) return null
  return {
    goodputPerSec,
    soldPerSec,
    errorRate,
    responseMs: responseEstimates(runs, random),
    cpuMicrosPerAnswer: estimatesByConsumer(
      runs.map(({ cpuMicrosPerAnswer }) => cpuMicrosPerAnswer),
      random,
    ),
    cpuMicrosPerOrder: estimatesByConsumer(
      runs.map(({ cpuMicrosPerOrder }) => cpuMicrosPerOrder),
      random,
    ),
    memoryBytes: estimatesByConsumer(
      runs.map(({ memoryBytes }) => memoryBytes),
      random,
    ),
    readLagP99Ms: estimateOfMeasured(
      runs.map(({ readLagP99Ms }) => readLagP99Ms),
      random,
    ),
    overtakenPerThousand: estimateOfMeasured(
      runs.map(({ overtakenPerThousand }) => overtakenPerThousand),
      random,
    ),
  }
}

function responseEstimates(runs: readonly RunValues[], random: Random): ComparedFigures['responseMs'] {
  return Object.fromEntries(
    RESPONSE_FIGURES.map((figure) => [
      figure,
      estimateOfMeasured(
        runs.map((run) => run.responseMs[figure]),
        random,
      ),
    ]),
  ) as Record<ResponseFigure, Estimate | null>
}

function estimateOfMeasured(values: readonly (number | null)[], random: Random): Estimate | null {
  return estimate(
    values.filter((value) => value !== null),
    { random },
  )
}

/** In the order in which consumers first appear. */
function estimatesByConsumer(
  runs: readonly Readonly<Record<string, number>>[],
  random: Random,
): Record<string, Estimate> {
  const consumers = [...new Set(runs.flatMap((run) => Object.keys(run)))]
  return Object.fromEntries(
    consumers.flatMap((consumer) => {
      const of = estimateOfMeasured(
        runs.map((run) => run[consumer] ?? null),
        random,
      )
      return of === null ? [] : [[consumer, of] as const]
    }),
  )
}
