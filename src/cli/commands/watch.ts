/** `doorbuster watch`: judges a sale that somebody else drives, while it is on. */
import { randomInt } from 'node:crypto'
import { Command, InvalidArgumentError, Option } from 'commander'
import { HarnessError } from '../../core/errors.ts'
import { type ReadsPromise, formatReadsPromise } from '../../core/promise.ts'
import { formatCount, formatQuantity, parseDurationMs } from '../../core/units.ts'
import { historyLineOf, type StreamFinding } from '../../oracle/index.ts'
import { plain, renderChecks, shellWord } from '../../report/index.ts'
import type { Exposure } from '../../run/exposure.ts'
import type { FinishedWatch, WatchFigures, WatchObserver, WatchOptions } from '../../run/watch.ts'
import type { KeptFinding } from '../../run/watch-folder.ts'
import { addExposureOptions, type ExposureCommandOptions, exposureOf } from '../exposure-options.ts'
import { addLogOptions, type LogOptions, openLog } from '../log-options.ts'
import { folderName, integerAtLeast, jsonOption, nonNegativeNumber, readsPromise } from '../options.ts'
import type { CommandContext } from '../command-context.ts'
import { followRun } from '../run-display.ts'
import { shownPath } from '../shown-path.ts'
import type { Terminal } from '../terminal.ts'

interface WatchCommandOptions extends LogOptions, ExposureCommandOptions {
  readonly initialStock?: number
  readonly perUserLimit?: number
  readonly reads: ReadsPromise
  readonly timeout: number
  readonly clockError: number
  readonly refusalsAreFinal?: true
  readonly redisStream?: string
  readonly redis?: string
  readonly from?: string
  readonly for?: number
  readonly failFast?: true
  readonly out?: string
  readonly json?: true
}

const EXAMPLES = `
Examples:
  tail -F sale.ndjson | doorbuster watch --initial-stock 100
  doorbuster export results/20260314T150926Z-smoke-naive | doorbuster watch
  doorbuster watch --redis-stream sale:operations --redis redis://127.0.0.1:6379 --initial-stock 100

Lines are those of \`doorbuster verify\` (docs/judge-a-history.md), about in the order in which they were completed; docs/watch.md.
`

export function watchCommand(context: CommandContext): Command {
  const command = new Command('watch')
    .description('judge a sale that something else drives, while it is on: lines from standard input or a Redis stream')
    .option('--initial-stock <n>', 'units at the opening, of sales that no "open" line opens', integerAtLeast(0))
    .option('--per-user-limit <n>', 'units that one user may have', integerAtLeast(1))
    .addOption(
      new Option('--reads <promise>', 'linearizable, stale:<duration>, or advisory')
        .argParser(readsPromise)
        .default({ kind: 'linearizable' }, 'linearizable'),
    )
    .addOption(
      new Option('--timeout <time>', 'no request takes longer, answered or not')
        .argParser(duration)
        .default(2_000, '2s'),
    )
    .option('--clock-error <ms>', 'by how much the clocks of the recorders may differ', nonNegativeNumber, 0)
    .option('--refusals-are-final', 'nobody who was refused asks again with the same request id: more can be said')
    .option('--redis-stream <key>', 'read a Redis stream in place of standard input')
    .option('--redis <url>', 'the Redis of that stream (default: REDIS_URL)')
    .option('--from <id>', 'where in it to begin: 0 for all of it, $ for what comes from now on, or an id (default: $)')
    .option('--for <time>', 'end by itself after that time', durationOfTimer)
    .option('--fail-fast', 'end at the first thing that is wrong')
    .option('--out <dir>', 'folder for the evidence (default: a new one under results/, once there is any)', folderName)
  return addLogOptions(addExposureOptions(command))
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .action(async (options: WatchCommandOptions) => {
      context.terminal.quiet = options.json === true
      await watch(context, options)
    })
}

async function watch(context: CommandContext, options: WatchCommandOptions): Promise<void> {
  const { terminal, env, signal } = context
  const url = redisUrl(options, env)
  const { watchSale } = await import('../../run/watch.ts')
  const { WatchFolder } = await import('../../run/watch-folder.ts')
  const { newRunId } = await import('../../run/run-id.ts')
  const runId = newRunId()
  const from = options.redisStream === undefined ? 'standard input' : `the Redis stream ${options.redisStream}`
  const log = await openLog(options, context, { secrets: url === null ? [] : [url] })
  const folder = new WatchFolder(
    options.out === undefined
      ? { resultsRoot: 'results', startedAt: new Date(), words: ['watch'] }
      : { out: options.out },
    options.reads,
  )
  if (options.out !== undefined) await folder.make()
  let figures = (): WatchFigures => NO_FIGURES
  const exposure = await startedExposure(context, options, () => figures())
  const endReading = new AbortController()
  const ending = options.for === undefined ? undefined : setTimeout(() => endReading.abort(), options.for)
  const observers = [tellOf(terminal, options.reads), ...(log === null ? [] : [log.observeWatch(runId, from)])]
  context.saysWhenStopped('stopping: no more lines are read, what was found is kept (once more to leave at once)')
  terminal.say(`watching ${from}`)
  try {
    const finished = await watchSale({
      terms: {
        initialStock: options.initialStock ?? null,
        perUserLimit: options.perUserLimit ?? null,
        reads: options.reads,
        timeoutMs: options.timeout,
        clockErrorMs: options.clockError,
        refusalsAreFinal: options.refusalsAreFinal === true,
        seed: randomInt(2 ** 32),
      },
      ...(await inputOf(options, url, AbortSignal.any([signal, endReading.signal]), (note) => terminal.say(note))),
      signal,
      endReading,
      failFast: options.failFast === true,
      folder,
      source: {
        kind: 'watch',
        runId,
        scenario: 'watch',
        target: options.redisStream ?? 'stdin',
        engine: 'watch',
        model: 'open',
        stores: {},
        objectives: {},
      },
      sinks: exposure === null ? [] : [exposure],
      onFigures: (ask) => {
        figures = ask
      },
      observer: severalWatchObservers(observers),
    } satisfies WatchOptions)
    log?.watchFinished(finished)
    for (const problem of (await exposure?.runEnded(signal)) ?? []) terminal.warn(problem)
    report(terminal, finished, { json: options.json === true, folder: folder.path })
    context.leaveWith(finished.exitCode)
  } finally {
    clearTimeout(ending)
    await exposure?.[Symbol.asyncDispose]()
  }
}

const NO_FIGURES: WatchFigures = { operations: 0, lateOperations: 0, windowOperations: 0, lagSeconds: 0 }

/** null: nobody is to see the watch. */
async function startedExposure(
  { terminal, env }: CommandContext,
  options: WatchCommandOptions,
  watchFigures: () => WatchFigures,
): Promise<Exposure | null> {
  const wanted = exposureOf(options, env)
  if (wanted === undefined) return null
  const { startExposure } = await import('../../run/exposure.ts')
  const { openBrowser } = await import('../../observe/index.ts')
  const exposure = await startExposure({ ...wanted, watchFigures })
  const openPage = (url: string): void => {
    if (options.open !== true) return
    void openBrowser(url, env).then((reason) => reason !== null && terminal.say(`note: ${reason}`))
  }
  followRun(terminal, openPage).exposed?.(exposure.at)
  return exposure
}

function redisUrl({ redisStream, redis, from }: WatchCommandOptions, env: CommandContext['env']): string | null {
  if (redisStream === undefined) {
    if (redis !== undefined) throw saysNothing('--redis')
    if (from !== undefined) throw saysNothing('--from')
    return null
  }
  const url = redis ?? env['REDIS_URL'] ?? ''
  if (/^(rediss?:\/\/.|\/)/.test(url)) return url
  // ioredis takes the path of a socket alone.
  if (url.startsWith('unix:///')) return url.slice('unix://'.length)
  throw new HarnessError('USAGE', {
    message: url === '' ? `which Redis holds the stream ${redisStream}?` : '--redis must be a URL of a Redis',
    hint: 'Say it with --redis redis://127.0.0.1:6379, or in REDIS_URL.',
  })
}

function saysNothing(option: string): HarnessError {
  return new HarnessError('USAGE', { message: `${option} says nothing without --redis-stream` })
}

async function inputOf(
  { redisStream, from = '$' }: WatchCommandOptions,
  url: string | null,
  signal: AbortSignal,
  onNote: (note: string) => void,
): Promise<Pick<WatchOptions, 'lines' | 'emptyBatchMs'>> {
  if (redisStream !== undefined) {
    const { EMPTY_BATCH_MS, linesOfRedisStream } = await import('../../run/redis-stream.ts')
    const lines = linesOfRedisStream({ url: url!, key: redisStream, from, signal, onNote })
    return { lines, emptyBatchMs: EMPTY_BATCH_MS }
  }
  if (process.stdin.isTTY) {
    throw new HarnessError('USAGE', {
      message: 'watch reads operations from standard input, and nothing is piped into it',
      hint: 'tail -F sale.ndjson | doorbuster watch --initial-stock 100, or --redis-stream KEY.',
    })
  }
  const { linesOf } = await import('../../run/watch-lines.ts')
  return { lines: linesOf(process.stdin, signal) }
}

function severalWatchObservers(observers: readonly WatchObserver[]): WatchObserver {
  return {
    found: (finding, kept) => observers.forEach((one) => one.found?.(finding, kept)),
    malformed: (message) => observers.forEach((one) => one.malformed?.(message)),
    problem: (message) => observers.forEach((one) => one.problem?.(message)),
  }
}

/** An operation is shown whole, unless somebody made its ids very long. */
const LONGEST_LINE = 2_000

/** On stderr, at once: the sentence, the operations that prove it, and where that is kept. */
function tellOf(terminal: Terminal, reads: ReadsPromise): WatchObserver {
  return {
    found({ sku, fault }: StreamFinding, kept: KeptFinding | null) {
      terminal.say(plain(`${sku}: ${fault.sentence}`))
      terminal.say(`  ${plain(fault.evidence.sentence)}`)
      for (const operation of fault.evidence.operations) {
        terminal.say(`  ${plain(historyLineOf(operation) ?? '', LONGEST_LINE)}`)
      }
      if (kept === null) return
      const path = shellWord(shownPath(kept.path))
      terminal.say(
        kept.verifies
          ? `  proof: npx doorbuster verify --history ${path} --reads ${formatReadsPromise(reads)}`
          : `  the last ${formatQuantity(kept.lines, 'line')} of it: ${path}`,
      )
    },
    malformed: (message) => terminal.say(plain(message)),
    problem: (message) => terminal.warn(message),
  }
}

/** So many sales are listed; those beyond are right, or stand in the document that --json prints. */
const MOST_SALES = 20

function report(
  terminal: Terminal,
  finished: FinishedWatch,
  { json, folder }: { readonly json: boolean; readonly folder: string | null },
): void {
  if (json) {
    terminal.print(JSON.stringify({ schema: 'doorbuster.watch/1', ...finished, folder }))
    return
  }
  const { checks, verdict, operations, lateOperations, unjudgedOperations, malformedLines, endedBy, problem } = finished
  const ranks = ranksOf(checks)
  const worst = [...ranks.keys()].sort((a, b) => ranks.get(a)! - ranks.get(b)!).slice(0, MOST_SALES)
  const shown = checks.filter(({ sku }) => worst.includes(sku))
  const style = { color: terminal.color, width: terminal.width }
  const ofChecks = verdict === 'wrong' || verdict === 'passed' ? verdict : 'inconclusive'
  if (shown.length > 0) terminal.print(renderChecks(shown, ofChecks, style))
  const words = [
    formatQuantity(operations, 'operation'),
    ...(ranks.size > worst.length ? [`${formatCount(ranks.size - worst.length)} more sales`] : []),
    ...(lateOperations > 0 ? [`${formatCount(lateOperations)} too late to be judged`] : []),
    ...(unjudgedOperations > 0 ? [`${formatCount(unjudgedOperations)} at the end not judged in order`] : []),
    ...(malformedLines > 0 ? [`${formatQuantity(malformedLines, 'line')} that can't be read`] : []),
    ...(endedBy === null ? [] : [`ended ${ENDED_WORDS[endedBy]}${problem === null ? '' : `: ${problem}`}`]),
    ...(folder === null ? [] : [`evidence in ${shownPath(folder)}`]),
  ]
  terminal.print(words.join(', '))
}

const ENDED_WORDS = {
  interrupted: 'by an interruption',
  environment: 'by its input',
  'fail-fast': 'there by --fail-fast',
  time: 'by --for',
} as const

const RANK = { fail: 0, unknown: 1, pass: 2 } as const

/** By SKU: wrong ones first, then those with a doubt; those of which nothing was checked are left out. */
function ranksOf(checks: FinishedWatch['checks']): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>()
  for (const { sku, verdict } of checks) {
    if (verdict !== 'not-checked') ranks.set(sku, Math.min(RANK[verdict], ranks.get(sku) ?? RANK.pass))
  }
  return ranks
}

function duration(text: string): number {
  const ms = parseDurationMs(text)
  if (ms === null || ms <= 0) throw new InvalidArgumentError('It must be a time such as 2s or 500ms.')
  return ms
}

/** Timers count in 31 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

function durationOfTimer(text: string): number {
  const ms = duration(text)
  if (ms > LONGEST_TIMER_MS) throw new InvalidArgumentError('It must be 24 days at most.')
  return ms
}
