/**
 * One scenario and one seed through every engine: the same buyers, the same verdicts, and, of those that keep a rate, the
 * same rate and the same times. What is asserted of times holds on a machine that does other work meanwhile: rates are
 * medians over the whole step, which a stall leaves alone, and an answer that takes long makes a generator's own share
 * small. The tight comparison is `npm run bench:engines`.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type HistoryColumns, KIND_CODES, NO_BUY, OUTCOME_CODES, operationAt, skuAt } from '../src/core/history.ts'
import type { RunRecord } from '../src/core/run-record.ts'
import type { StepPlan } from '../src/core/scenario.ts'
import type { StepLoad } from '../src/load/load-engine.ts'
import { loadFigures } from '../src/load/step-figures.ts'
import { openRun } from '../src/results/index.ts'
import { type EngineChoice, loadEngine } from '../src/run/engines.ts'
import { planStep } from '../src/scenario/index.ts'
import { buildScenario } from '../src/scenario/testing/build-scenario.ts'
import { doorbuster, temporaryFolder } from './doorbuster.ts'
import { describeWithServices } from './require-service.ts'
import { smallServer } from './small-server.ts'

const LONG = 240_000

/** 1,000/s for three seconds: more than one product, orders of more than one unit, double clicks and reads. */
const MIXED = [
  ...['--rate', '1000', '--duration', '3s', '--seed', '7', '--stock', '100'],
  ...['--set', 'arrivals=uniform', '--set', 'sale.skus=3', '--set', 'buyers.quantity={1: 80, 2: 15, 3: 5}'],
  // Verdicts are compared, not the machine: nobody gives up, and a slow moment is no failure.
  ...[
    '--set',
    'sale.perUserLimit=3',
    '--set',
    'maxInFlight=400',
    '--set',
    'timeout=20s',
    '--threshold',
    'achieved >= 0%',
  ],
]

const OPEN = [['open'], ['k6'], ['k6', '--k6-segments', '2']] as const
const CLOSED = ['autocannon'] as const

interface Judged {
  readonly record: RunRecord
  readonly history: HistoryColumns
}

async function run(strategy: string, engine: readonly string[]): Promise<Judged> {
  const cwd = temporaryFolder()
  const args = ['run', 'smoke', '--strategy', strategy, ...MIXED, '--out', 'run', '--json', '--engine', ...engine]
  const { stdout, stderr } = await doorbuster(args, { cwd })
  if (stdout === '') throw new Error(`no record:\n${stderr}`)
  const stored = await openRun(join(cwd, 'run'))
  return { record: JSON.parse(stdout) as RunRecord, history: await stored.readHistory(0) }
}

describeWithServices(['k6', 'postgres', 'redis'], 'one scenario and one seed', () => {
  it(
    'have the same buyers and the same verdicts through each engine',
    async () => {
      const [open, ...others] = [
        await run('redis-lua', OPEN[0]),
        await run('redis-lua', OPEN[1]),
        await run('redis-lua', OPEN[2]),
      ]
      const closed = await run('redis-lua', CLOSED)

      const planned = rowsOf(planStep(open.record.scenario, 0))
      expect(planned).toHaveLength(3_000)
      expect(rowsOf(open.history)).toEqual(planned)
      // Rows of several processes for one moment have no order among themselves.
      for (const { history } of others) expect(rowsOf(history).sort()).toEqual(planned.toSorted())
      const reached = rowsOf(closed.history)
      expect(reached).toEqual(planned.slice(0, reached.length))

      expect(failedIn(open)).toEqual([])
      for (const other of [...others, closed]) expect(verdictsOf(other, open)).toEqual(verdictsOf(open, other))
      expect([open, ...others, closed].map(({ record }) => record.engine.model)).toEqual([
        'open',
        'open',
        'open',
        'closed',
      ])
    },
    LONG,
  )

  it.each([...OPEN, CLOSED].map((engine) => [engine.join(' '), engine] as const))(
    'are caught with the strategy that is built wrong, through %s',
    async (_name, engine) => {
      const { record } = await run('naive', engine)
      expect(failedIn({ record })).toContain('no-oversell')
      expect(record.exitCode).toBe(1)
    },
    LONG,
  )
})

/** kind, user, number of the buy, units and product of each row, in the history's order. */
function rowsOf(rows: StepPlan | HistoryColumns): string[] {
  const { length, kind, user, buy, quantity, saleIndex } = rows
  const skus = 'skus' in rows ? rows.skus : rows.sales.map(({ sku }) => sku)
  return Array.from({ length }, (_, row) => {
    const number = buy[row] === NO_BUY ? '-' : buy[row]
    return `${KIND_CODES[kind[row]!]} u${user[row]} ${number} x${quantity[row]} ${skuAt({ skus, saleIndex }, row)}`
  })
}

function failedIn({ record }: Pick<Judged, 'record'>): string[] {
  return record.checks.filter(({ verdict }) => verdict === 'fail').map(({ check }) => check)
}

/** By check and product. Where the machine did not carry the rate, whether all was sold is asked of neither. */
function verdictsOf({ record }: Judged, other: Judged): Record<string, string> {
  const isSaturated = [record, other.record].some(({ steps }) => steps.some(({ saturated }) => saturated))
  const asked = record.checks.filter(({ check }) => !(isSaturated && check === 'sold-through'))
  return Object.fromEntries(asked.map(({ check, sku, verdict }) => [`${check} of ${sku}`, verdict]))
}

const ANSWER_MS = 200
const RATE_PER_SEC = 1_000
/** Of the clocks of two processes with one another, beyond what the engine itself says; and of a timer that comes early. */
const SLACK_MS = 1
/** What a busy machine may add to an answer of {@link ANSWER_MS}, for half of all requests. */
const GENEROUS_MS = 100

describeWithServices(['k6'], 'the engines that keep a rate', () => {
  it(
    'keep the same one, and see the same times, against a target that answers after a fixed time',
    async () => {
      const measured = []
      for (const choice of [{ name: 'open' }, { name: 'k6' }, { name: 'k6', segments: 2 }] as const) {
        measured.push(await againstSlowServer(choice))
      }
      for (const { load, answered, heldWithin } of measured) {
        expect(answered).toBe(3_000)
        expect(load.history.length).toBe(3_000)
        expect(heldWithin).toBe(3_000)
      }
      const rates = measured.map(({ answeredPerSec }) => answeredPerSec)
      for (const rate of rates) expect(Math.abs(rate / RATE_PER_SEC - 1)).toBeLessThan(0.01)
      for (const rate of rates) expect(Math.abs(rate / rates[0]! - 1)).toBeLessThan(0.01)
      for (const { medianMs } of measured) {
        expect(medianMs).toBeGreaterThan(ANSWER_MS - SLACK_MS)
        expect(medianMs).toBeLessThan(ANSWER_MS + GENEROUS_MS)
      }
    },
    LONG,
  )
})

/** One step, without a run around it. */
async function againstSlowServer(choice: EngineChoice) {
  const originNs = process.hrtime.bigint()
  const nowNs = (): number => Number(process.hrtime.bigint() - originNs)
  const heldNs = new Map<string, { readonly from: number; to: number }>()
  await using server = await smallServer(({ headers }, response) => {
    const held = { from: nowNs(), to: Number.NaN }
    heldNs.set(String(headers['idempotency-key']), held)
    setTimeout(() => {
      held.to = nowNs()
      response.writeHead(201).end('{"orderId":"o"}')
    }, ANSWER_MS)
  })
  const plan = planStep(buildScenario({ steps: [{ arrivalRatePerSec: RATE_PER_SEC, durationMs: 3_000 }] }), 0)
  const { peakRatePerSec, ...terms } = { peakRatePerSec: RATE_PER_SEC, maxInFlight: 900, timeoutMs: 20_000 }
  const engine = await loadEngine(choice, process.env).start({
    targetUrl: server.url,
    originNs,
    peakRatePerSec,
    ...terms,
  })
  try {
    for (const warmUp of engine.warmUps) await engine.warmUp(warmUp, { requestIdPrefix: 'w-', signal: NEVER })
    // With a moment to begin at, an engine whose clock isn't the run's has to say how well it knows the run's.
    const load = await engine.runStep(plan, { requestIdPrefix: 'r-', signal: NEVER, notBeforeNs: nowNs() })
    const measured = { step: plan.step, model: 'open', startedAtNs: load.startedAtNs } as const
    const figures = loadFigures(load.history, measured, { timeoutMs: terms.timeoutMs })
    return {
      load,
      answered: figures.completed,
      answeredPerSec: steadyRatePerSec(load.history),
      medianMs: figures.responseMs.p50!,
      heldWithin: countHeldWithin(load, heldNs),
    }
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

const NEVER = new AbortController().signal

/**
 * Median, over all stretches of half the step's answers, of their rate. A stall shifts those that begin or end in it, and
 * no others; the official figure counts up to a border, where a stall of 30 ms is 1 % of three seconds.
 */
function steadyRatePerSec({ completedAtNs, outcome }: HistoryColumns): number {
  const isAnswer = (row: number): boolean => OUTCOME_CODES[outcome[row]!] === 'sold'
  const atNs = completedAtNs.filter((_, row) => isAnswer(row)).sort()
  const half = Math.floor(atNs.length / 2)
  const stretchesNs = atNs.slice(half).map((end, index) => end - atNs[index]!)
  return (half * 1e9) / stretchesNs.sort()[Math.floor(stretchesNs.length / 2)]!
}

/** Requests that were sent before the server had them, and answered after it had answered. */
function countHeldWithin(
  { history, clockErrorMs = 0 }: StepLoad,
  heldNs: ReadonlyMap<string, { readonly from: number; readonly to: number }>,
): number {
  const errorNs = (clockErrorMs + SLACK_MS) * 1e6
  return Array.from({ length: history.length }, (_, row) => operationAt(history, row)).filter(
    ({ requestId, scheduledAtNs, sentAtNs, completedAtNs }) => {
      const { from, to } = heldNs.get(requestId!)!
      const isInOrder = scheduledAtNs <= sentAtNs! && sentAtNs! < from + errorNs
      return isInOrder && completedAtNs! > to - errorNs
    },
  ).length
}
