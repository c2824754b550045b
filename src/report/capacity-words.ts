/** A search for capacity in words that every format shares: the answer first, then why, then what it would mean. */
import type {
  CapacityInterval,
  CapacityRecord,
  CapacityTrial,
  Demand,
  Prediction,
  SalePlan,
} from '../core/capacity-record.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import { targetName } from '../core/run-record.ts'
import { formatCount, formatMs, formatQuantity, formatShare } from '../core/units.ts'
import type { RequestKind } from '../core/work-record.ts'

export interface CapacityHeadline {
  /** In capitals. */
  readonly word: string
  /** What follows it. */
  readonly rest: string
  readonly verdict: RunVerdict
}

export function capacityHeadline(record: CapacityRecord): CapacityHeadline {
  const verdict = record.verdict ?? 'inconclusive'
  const { wrong, capacity } = record
  if (wrong !== null) {
    const rest = ` at ${formatCount(wrong.ratePerSec)}/s: ${wrong.check}: ${wrong.sentence}`
    return { verdict, word: 'WRONG', rest: `${rest}; how much a wrong sale carries, nobody has to know` }
  }
  if (record.verdict === null) return { verdict, word: 'RUNNING', rest: `: so far, ${answerWords(record)}` }
  if (verdict === 'interrupted') return { verdict, word: 'INTERRUPTED', rest: `: so far, ${answerWords(record)}` }
  if (verdict === 'environment') return { verdict, word: 'ENDED EARLY', rest: `: until then, ${answerWords(record)}` }
  if (verdict === 'missed') return { verdict, word: 'SLO MISSED', rest: `: ${answerWords(record)}` }
  if (verdict === 'passed') return { verdict, word: 'CAPACITY', rest: `  ${answerWords(record)}` }
  const word = capacity?.lowerRatePerSec == null ? 'INCONCLUSIVE' : 'AT LEAST'
  return { verdict, word, rest: `: ${answerWords(record)}` }
}

/** "redis-lua meets p99 < 42ms up to 8,100-8,500/s" */
function answerWords(record: CapacityRecord): string {
  const { capacity } = record
  if (capacity === null) return 'nothing was found'
  const { lowerRatePerSec: lower, upperRatePerSec: upper, ended } = capacity
  // As each trial leaves it, it ends where the time would be over.
  const isTimeOver = ended === 'budget' && record.status !== 'running'
  const name = record.target === null ? 'the target' : targetName(record.target)
  const meets = `${name} meets ${sloWords(record)}`
  if (lower === null) {
    if (upper === null) return `no trial told anything: ${lastDoubt(record)}`
    const missed = `${meets} at no rate that was tried, not even at ${formatCount(upper)}/s`
    return isTimeOver ? `${missed}; the time was over before lower ones were` : missed
  }
  if (ended === 'cap') return `${meets} at ${formatCount(lower)}/s, and no more was asked of it`
  if (upper !== null) return `${meets} up to ${formatCount(lower)}-${formatCount(upper)}/s`
  if (ended === 'no-answer') {
    return `${meets} at ${formatCount(lower)}/s; beyond, no trial told anything (${lastDoubt(record)})`
  }
  return `${meets} at ${formatCount(lower)}/s; ${isTimeOver ? 'the time was over' : 'of higher rates nothing is known'}`
}

function lastDoubt({ trials }: CapacityRecord): string {
  return trials.findLast(({ answer }) => answer === 'none')?.because ?? 'there was none'
}

/** Without what holds for every run. */
function sloWords({ slo }: Pick<CapacityRecord, 'slo'>): string {
  const told = slo.filter((expression) => !expression.startsWith('achieved'))
  return (told.length === 0 ? slo : told).join(' and ')
}

/** What has to be known of the answer, a sentence each. */
export function doubtWords(record: CapacityRecord): string[] {
  const { capacity, search, sloFrom, status } = record
  return [
    sloFrom === 'default' && 'neither --slo nor the scenario says how fast it has to be: p99 < 100ms was taken',
    // Of a search that goes on, neither is the last word.
    capacity !== null && status !== 'running' && widthWords(capacity, search.precision),
    capacity !== null && status !== 'running' && shortTrialWords(capacity, record),
    ...record.notes,
  ].filter((words) => typeof words === 'string')
}

const WIDE_BECAUSE: Readonly<Partial<Record<CapacityInterval['ended'], string>>> = {
  precise: 'trials near it contradicted one another',
  'no-answer': 'trials near it contradicted one another',
  budget: 'the budget was over (--budget)',
}

function widthWords(
  { lowerRatePerSec: lower, upperRatePerSec: upper, ended }: CapacityInterval,
  precision: number,
): string | false {
  if (lower === null || upper === null) return false
  const width = upper / lower - 1
  if (width <= precision * 1.02) return false
  const isNarrowest = upper - lower <= 1
  const why = isNarrowest ? 'no whole rate lies between' : (WIDE_BECAUSE[ended] ?? 'it was not searched for to the end')
  return `the interval is ${formatShare(width)} wide, not ${formatShare(precision)}: ${why}`
}

function shortTrialWords({ trialMs }: CapacityInterval, { search }: CapacityRecord): string | false {
  const long = search.phases.at(-1)!.trialMs
  return trialMs < long && `trials of ${formatMs(trialMs)} decided; queues that build up over longer were not seen`
}

/** Sold, refused and read apart, at the lower end; null: nothing was found. */
export function throughputWords({ capacity, demand }: CapacityRecord): string | null {
  if (capacity?.conditionalThroughputPerSec == null || demand === null) return null
  const { mix } = demand
  const rate = (kind: RequestKind): number => mix[kind] * capacity.conditionalThroughputPerSec!
  const parts = [
    `${formatCount(rate('sold'))} sold`,
    `${formatCount(rate('soldOut'))} refused`,
    ...(mix.replayed > 0.001 ? [`${formatCount(rate('replayed'))} asked twice`] : []),
    ...(mix.read > 0.001 ? [`${formatCount(rate('read'))} read`] : []),
  ]
  return `at ${formatCount(capacity.relevantLowerRatePerSec ?? 0)}/s, each second: ${parts.join(', ')}`
}

export const DEMAND_TITLES = [
  '',
  'cores',
  'sold',
  'sold out',
  'asked twice',
  'read',
  'of the mix',
  'at capacity',
  'idle',
  'ceiling',
] as const

/** As people call it. */
export function resourceName(resource: string): string {
  return resource === 'target' ? 'server' : resource
}

/** CPU time of each resource by what was asked; the cells of a table. */
export function demandRows({ demand }: CapacityRecord): string[][] {
  return (demand?.resources ?? []).map(
    ({ resource, cores, perRequest, perMixedRequest, secondsAtCapacity, idleCores, ceiling }) => [
      resourceName(resource),
      // A descriptor may give half a core.
      String(cores),
      ...(['sold', 'soldOut', 'replayed', 'read'] as const).map((kind) => demandWords(perRequest[kind])),
      demandWords(perMixedRequest),
      secondsAtCapacity === null ? '-' : `${microsWords(secondsAtCapacity)}us`,
      `${(idleCores * 100).toFixed(1)}%`,
      ceiling === null || resource === 'generator' ? '-' : `${formatCount(ceiling.ratePerSec)}/s`,
    ],
  )
}

/** "110us (100-121)" */
function demandWords(demand: Demand | null): string {
  if (demand === null) return '-'
  return `${microsWords(demand.seconds)}us (${microsWords(demand.low)}-${microsWords(demand.high)})`
}

function microsWords(seconds: number): string {
  const micros = seconds * 1e6
  return micros >= 10 || micros === 0 ? String(Math.round(micros)) : micros.toFixed(1)
}

export function kneeWords({ knee }: CapacityRecord): string | null {
  return knee === null
    ? null
    : `knee: response times turn up at ${formatCount(knee.ratePerSec)}/s (mean ${formatMs(knee.responseMs)})`
}

export function scalabilityWords({ scalability }: CapacityRecord): string {
  if (!scalability.fitted) return `scalability law: not fitted: ${scalability.because}`
  const { contention, coherency, peak, worstResidual, levels } = scalability
  const top =
    peak === null ? 'no peak' : `peak ${formatCount(peak.ratePerSec)}/s at ${formatCount(peak.inFlight)} in flight`
  return `scalability law: contention ${formatShare(contention)}, coherency ${formatShare(coherency)}, ${top}; off by at most ${formatShare(worstResidual)} over ${levels} rates`
}

/** What the words of a resource end with that would be busier than is allowed. */
export const TOO_MUCH = ', too much'

export function planWords(plan: SalePlan): string[] {
  const { ratePerSec, stock, readShare, durationMs, headroom, expected, instances, resources, breaksFirst } = plan
  const reads = readShare > 0 ? `, ${formatShare(readShare)} of them reads` : ''
  const over = plan.soldOutAfterMs === null ? 'never sold out' : `sold out after ${formatMs(plan.soldOutAfterMs)}`
  const outcome = `${formatCount(expected.sold)} sold, ${formatCount(expected.refused)} refused, ${over}`
  return [
    `a sale of ${formatCount(stock)} units at ${formatCount(ratePerSec)}/s${reads}, for ${formatMs(durationMs)}: ${outcome}`,
    instances === null
      ? 'servers: what one uses could not be measured'
      : `servers: ${formatQuantity(instances.needed, 'process', 'processes')} (${instances.low}-${instances.high}), each at ${formatShare(headroom)} at most`,
    ...resources.map(({ resource, cores, utilisation: { share, low, high } }) => {
      const of = cores === 1 ? 'its one core' : `its ${cores} cores`
      return `${resource}: ${formatShare(share)} of ${of} (${formatShare(low)}-${formatShare(high)})${share > headroom ? TOO_MUCH : ''}`
    }),
    breaksFirst === null
      ? 'breaks first: nothing that was measured'
      : `breaks first: ${breaksFirst.resource}, at ${formatCount(breaksFirst.atRatePerSec)}/s (${formatCount(breaksFirst.interval.low)}-${formatCount(breaksFirst.interval.high)})`,
  ]
}

export function predictionWords({ lowLoadShare, saturation, response }: Prediction): string[] {
  const { predictedPerSec, resource, measuredAtLeastPerSec, measuredBelowPerSec } = saturation
  const least = measuredAtLeastPerSec === null ? '' : `not saturated at ${formatCount(measuredAtLeastPerSec)}/s`
  const below = measuredBelowPerSec === null ? 'never saturated' : `saturated at ${formatCount(measuredBelowPerSec)}/s`
  const seen = [least, below].filter((part) => part !== '').join(', ')
  const { low, high } = predictedPerSec
  const measured = response.measuredMeanMs === null ? 'not measured' : `measured ${formatMs(response.measuredMeanMs)}`
  return [
    `from trials at ${formatShare(lowLoadShare)} of the capacity and below; the first figure where a request goes on costing what it did there, the second where it gets cheaper as it did between them:`,
    `saturation (${resource}): predicted ${formatCount(low)}/s to ${formatCount(high)}/s; measured: ${seen}`,
    `mean response time at ${formatCount(response.ratePerSec)}/s: predicted ${waitWords(response.predictedMeanMs.high)} to ${waitWords(response.predictedMeanMs.low)}, ${measured}`,
  ]
}

function waitWords(ms: number): string {
  return Number.isFinite(ms) ? formatMs(ms) : 'saturated'
}

/** "400/s for 2.00s: good: p99 was 3.1ms, allowed < 42ms" */
export function trialWords({ ratePerSec, durationMs, answer, because, purpose }: CapacityTrial): string {
  const what = purpose === 'search' ? `: ${answer === 'none' ? 'no answer' : answer}` : ` (${purpose})`
  return `${formatCount(ratePerSec)}/s for ${formatMs(durationMs)}${what}: ${because}`
}
