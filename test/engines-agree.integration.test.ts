/**
 * One scenario and one seed through every engine: the same buyers, the same verdicts, and, of those that keep a rate, the
 * same rate and the same times. What is asserted of times holds on a machine that does other work meanwhile: such a machine
 * delays, and never hastens, so that the promptest answers show the pace and the time that all would have had. The tight
 * comparison, of medians and of all, is `npm run bench:engines`.
 */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type HistoryColumns, KIND_CODES, NO_BUY, operationAt, skuAt } from '../src/core/history.ts'
import type { Operation } from '../src/core/operation.ts'
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
  ['--rate', '1000', '--duration', '3s', '--seed', '7', '--stock', '100'],
  ['--set', 'arrivals=uniform', '--set', 'sale.skus=3', '--set', 'buyers.quantity={1: 80, 2: 15, 3: 5}'],
  // Verdicts are compared, not the machine: nobody gives up, and a slow moment is no failure.
  ['--set', 'sale.perUserLimit=3', '--set', 'maxInFlight=400', '--set', 'timeout=20s', '--threshold', 'achieved >= 0%'],
].flat()

const OPEN = [['open'], ['k6'], ['k6', '--k6-segments', '2']] as const
const CLOSED = ['autocannon'] as const

interface Judged {
  readonly record: RunRecord
  readonly history: HistoryColumns
}

async function run(strategy: string, engine: readonly string[], more: readonly string[] = []): Promise<Judged> {
  const cwd = temporaryFolder()
  const args = [
    'run',
    'smoke',
    '--strategy',
    strategy,
    ...MIXED,
    ...more,
    '--out',
    'run',
    '--json',
    '--engine',
    ...engine,
  ]
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
      // At even gaps orders overlap only where the rate leaves no room for one between two of them.
      const { record } = await run('naive', engine, ['--rate', '3000'])
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

const ANSWER_MS = 100
const RATE_PER_SEC = 1_000
/** Beyond what an engine says of its clock: a timer of the server's may come a moment early. */
const SLACK_MS = 1
/** What is added to the promptest answer of a thousand, and to the median, on a busy machine. */
const LEAST_ADDED_MS = 20
const ADDED_MS = 400

describeWithServices(['k6'], 'the engines that keep a rate', () => {
  it(
    'keep the same one, and see the same times, against a target that answers after a fixed time',
    async () => {
      const open = await againstSlowServer({ name: 'open' })
      const k6 = await againstSlowServer({ name: 'k6' })
      const inTwo = await againstSlowServer({ name: 'k6', segments: 2 })
      expect(open).toMatchObject({ answered: 3_000, atTheEnd: 0 })
      for (const { answered, atTheEnd, trueTimes, pacePerSec, promptestMs, medianMs } of [open, k6, inTwo]) {
        // What k6 has not begun by the end of the step it doesn't begin.
        expect(answered + atTheEnd).toBe(3_000)
        expect(trueTimes).toBe(answered)
        expect(Math.abs(pacePerSec / RATE_PER_SEC - 1)).toBeLessThan(0.01)
        expect(Math.abs(pacePerSec / open.pacePerSec - 1)).toBeLessThan(0.01)
        expect(promptestMs).toBeGreaterThan(ANSWER_MS - SLACK_MS)
        expect(promptestMs).toBeLessThan(ANSWER_MS + LEAST_ADDED_MS)
        expect(medianMs).toBeLessThan(ANSWER_MS + ADDED_MS)
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
  const { peakRatePerSec, ...terms } = { peakRatePerSec: RATE_PER_SEC, maxInFlight: 800, timeoutMs: 20_000 }
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
      answered: figures.completed,
      atTheEnd: countDroppedAtTheEnd(load.history, load.startedAtNs + plan.step.durationMs * 1e6),
      trueTimes: countTrueTimes(load, heldNs),
      pacePerSec: pacePerSec(load.history),
      promptestMs: promptest(load.history, 0, load.history.length).responseNs / 1e6,
      medianMs: figures.responseMs.p50!,
    }
  } finally {
    await engine[Symbol.asyncDispose]()
  }
}

const NEVER = new AbortController().signal

/** Answers per second from the promptest of the first third to the promptest of the last. */
function pacePerSec(history: HistoryColumns): number {
  const third = Math.floor(history.length / 3)
  const early = promptest(history, 0, third)
  const late = promptest(history, 2 * third, history.length)
  return ((late.row - early.row) * 1e9) / (history.completedAtNs[late.row]! - history.completedAtNs[early.row]!)
}

function promptest({ scheduledAtNs, completedAtNs }: HistoryColumns, from: number, end: number) {
  let best = { row: from, responseNs: Number.POSITIVE_INFINITY }
  for (let row = from; row < end; row++) {
    const responseNs = completedAtNs[row]! - scheduledAtNs[row]!
    if (responseNs < best.responseNs) best = { row, responseNs }
  }
  return best
}

/** Requests that were due before they were sent, sent before the server had them, and answered after it had answered. */
function countTrueTimes(
  { history, clockErrorMs = 0 }: StepLoad,
  heldNs: ReadonlyMap<string, { readonly from: number; readonly to: number }>,
): number {
  const errorNs = (clockErrorMs + SLACK_MS) * 1e6
  return operationsOf(history).filter(({ requestId, scheduledAtNs, sentAtNs, completedAtNs }) => {
    const held = heldNs.get(requestId!)
    if (held === undefined || sentAtNs === null || completedAtNs === null) return false
    const isSentInTime = scheduledAtNs <= sentAtNs && sentAtNs < held.from + errorNs
    return isSentInTime && completedAtNs > held.to - errorNs
  }).length
}

function countDroppedAtTheEnd(history: HistoryColumns, endNs: number): number {
  return operationsOf(history).filter(
    ({ outcome, scheduledAtNs }) => outcome.kind === 'dropped' && scheduledAtNs > endNs - ADDED_MS * 1e6,
  ).length
}

function operationsOf(history: HistoryColumns): Operation[] {
  return Array.from({ length: history.length }, (_, row) => operationAt(history, row))
}
