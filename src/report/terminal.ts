/**
 * A run as a person reads it: the verdict first, in words, then the steps, then what failed and why, then the files.
 */
import pc from 'picocolors'
import { CHECK_NAMES, type CheckResult, type CheckVerdict } from '../core/check.ts'
import type { RunVerdict } from '../core/exit-codes.ts'
import type { Operation } from '../core/operation.ts'
import {
  type RunRecord,
  type RunTarget,
  type StepRecord,
  targetName,
  type ThresholdResult,
} from '../core/run-record.ts'
import { formatCount, formatMs, formatQuantity, formatShare, NS_PER_MS } from '../core/units.ts'
import { type Headline, headlineOf, headlineOfChecks } from './headline.ts'
import { outcomeWords } from './outcome-words.ts'
import { plain, shellWord, visibleWidth, wrap } from './plain-text.ts'
import { SALES_SHOWN, sellsManySkus, worstFirst } from './sales.ts'
import { besidesWords, engineWords, leftWords, offeredWords, soldWords, verdictWords } from './step-words.ts'
import { type Column, renderTable } from './text-table.ts'
import { workTable } from './work-table.ts'

export interface TerminalStyle {
  readonly color: boolean
  /** Columns. */
  readonly width: number
}

type Colors = ReturnType<typeof pc.createColors>

/** Evidence that is shown of one check over all steps; all of it stands in run.json. */
const EVIDENCE_SHOWN = 3
const INDENT = '    '

export function renderVerdict(record: RunRecord, style: TerminalStyle & { readonly directory: string }): string {
  const colors = pc.createColors(style.color)
  const blocks = [
    renderHeadline(headlineOf(record), style),
    [...targetLine(record, colors), ...endedEarlyLines(record, style)],
    record.steps.length === 0
      ? []
      : [...stepTable(record, style), ...besidesLines(record, style), ...generatorLines(record, style)],
    workTable(record.workAnOrder, { width: style.width, dim: colors.dim }),
    notUnderstoodLines(record, style),
    renderChecksThatMatter(record.checks, record.steps.length > 1, style),
    thresholdLines(record.thresholds, record.steps.length > 1, style),
    [...passedLines(record.checks, style), ...notCheckedLines(record.checks, style)],
    [
      `${colors.dim('files:')}       ${style.directory}`,
      `${colors.dim('judge again:')} npx doorbuster verify ${shellWord(style.directory)}`,
    ],
  ]
  return joinBlocks(blocks)
}

/** Checks that came without a run. */
export function renderChecks(checks: readonly CheckResult[], verdict: RunVerdict, style: TerminalStyle): string {
  const colors = pc.createColors(style.color)
  const skus = new Set(checks.map(({ sku }) => sku)).size
  const rows = checks
    .filter((check) => check.verdict !== 'not-checked')
    .map((check) => [
      mark(check.verdict, colors),
      check.check,
      ...(skus > 1 ? [plain(check.sku)] : []),
      plain(check.sentence),
    ])
  const columns = ['', 'check', ...(skus > 1 ? ['sku'] : []), 'found'].map(
    (title): Column => ({ title, align: 'left' }),
  )
  return joinBlocks([
    renderHeadline(headlineOfChecks(checks, verdict), style),
    renderTable(columns, rows, colors.dim),
    checks.flatMap((check) => evidenceLines([check], style)),
    notCheckedLines(checks, style),
  ])
}

function renderHeadline({ word, rest, verdict }: Headline, style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  return wrap(colors.bold(toneOf(verdict, colors)(word)) + plain(rest), style.width, '  ')
}

/** Under every headline but the one that says it itself; with the last words of whatever ended it. */
function endedEarlyLines({ endedEarly, verdict, steps, scenario }: RunRecord, style: TerminalStyle): string[] {
  if (endedEarly === null) return []
  const colors = pc.createColors(style.color)
  const [first = '', ...rest] = endedEarly.split('\n')
  const finished = `${steps.length} of ${formatQuantity(scenario.steps.length, 'step')} stand below`
  const lines = verdict === 'wrong' ? wrap(`ended early: ${plain(first)}; ${finished}`, style.width, INDENT) : []
  const words = rest.flatMap((line) => wrap(plain(line), style.width, INDENT).map((part) => colors.dim(part)))
  return [...lines.map((line) => colors.yellow(line)), ...words]
}

function toneOf(verdict: RunVerdict, colors: Colors): (text: string) => string {
  switch (verdict) {
    case 'passed':
      return colors.green
    case 'wrong':
      return colors.red
    case 'missed':
    case 'inconclusive':
    case 'environment':
    case 'interrupted':
      return colors.yellow
  }
}

function targetLine({ target, scenario, environment, engine, steps }: RunRecord, colors: Colors): string[] {
  const { postgres, redis } = environment.services
  const stores = [postgres && `postgres ${number(postgres.version)}`, redis && `redis ${number(redis.version)}`].filter(
    Boolean,
  )
  const where = target.kind === 'service' ? target.url : formatQuantity(target.instances, 'process', 'processes')
  const soldMeans =
    target.kind === 'strategy' || target.soldMeans === 'paid' ? [] : [`"sold" means ${target.soldMeans}`]
  const parts = [
    `${scenario.name} against ${targetName(target)}`,
    ...soldMeans,
    where,
    ...stores,
    `${environment.cores} cores`,
    engineWords(engine) ?? [],
  ].flat()
  return [colors.dim(plain(parts.join(' · '))), ...lostReplyLines(target, steps)]
}

/** Answers that were cut off on purpose: their requests are unknown until the ledger is read. */
function lostReplyLines(target: RunTarget, steps: readonly StepRecord[]): string[] {
  if (target.kind === 'service' || target.lostReplyShare === undefined) return []
  const { lostReplyShare } = target
  const lost = steps.reduce((sum, { work }) => sum + (work.counters['repliesLost'] ?? 0), 0)
  return [`--lose-replies ${formatShare(lostReplyShare)}: ${formatQuantity(lost, 'answer')} cut off after the commit`]
}

/** "15.18 (Debian 15.18-0)" -> "15.18". */
function number(version: string): string {
  return version.split(' ', 1)[0]!
}

const STEP_COLUMNS: readonly Column[] = [
  { title: 'step', align: 'right' },
  { title: 'offered', align: 'right' },
  { title: 'achieved', align: 'right' },
  { title: 'sold', align: 'right' },
  { title: 'sold out', align: 'right' },
  { title: 'errors', align: 'right' },
  { title: 'dropped', align: 'right' },
  { title: 'mean', align: 'right' },
  { title: 'p50', align: 'right' },
  { title: 'p99', align: 'right' },
  { title: 'left', align: 'right' },
  { title: 'verdict', align: 'left' },
]

function besidesLines({ steps }: RunRecord, style: TerminalStyle): string[] {
  const words = besidesWords(steps)
  if (words === null) return []
  const colors = pc.createColors(style.color)
  return wrap(words, style.width, INDENT).map((line) => colors.dim(line))
}

/** How well the generator kept its schedule: what stands here is in every response time above. */
function generatorLines({ steps, engine }: RunRecord, style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  const lateness = Math.max(...steps.map(({ sendLatenessMs }) => sendLatenessMs.p99 ?? 0))
  const pause = Math.max(...steps.map(({ generatorPauses }) => generatorPauses.maxMs))
  const schedule =
    engine.model === 'closed'
      ? 'sends when it was answered, never late'
      : `sends late by p99 ${formatMs(lateness)} at most`
  const words = `generator: ${schedule}${pause === 0 ? '' : `, longest garbage collection ${formatMs(pause)}`}`
  return wrap(words, style.width, INDENT).map((line) => colors.dim(line))
}

function notUnderstoodLines({ steps }: RunRecord, style: TerminalStyle): string[] {
  const samples = steps.flatMap(({ notUnderstood }) => notUnderstood).slice(0, EVIDENCE_SHOWN)
  return samples.flatMap((sample) =>
    wrap(`? an answer that was not understood: ${plain(sample, 200)}`, style.width, INDENT),
  )
}

/** What a narrow terminal does without, the first of them first; run.json has it all. */
const DISPENSABLE = ['left', 'mean', 'sold out', 'p50', 'dropped', 'errors']

function stepTable(record: RunRecord, style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  const rows = record.steps.map((step) => stepRow(step, record, colors))
  let kept = STEP_COLUMNS.map((_, column) => column)
  for (const title of ['', ...DISPENSABLE]) {
    kept = kept.filter((column) => STEP_COLUMNS[column]!.title !== title)
    const lines = renderTable(
      kept.map((column) => STEP_COLUMNS[column]!),
      rows.map((row) => kept.map((column) => row[column]!)),
      colors.dim,
    )
    if (lines.every((line) => visibleWidth(line) <= style.width)) return withNotes(lines, record, style)
  }
  return withNotes(renderTable(STEP_COLUMNS, rows, colors.dim), record, style)
}

/** Each step's notes under its row; the first line is the table's head. */
function withNotes(lines: readonly string[], { steps }: RunRecord, style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  return lines.flatMap((line, index) => [
    line,
    ...(steps[index - 1]?.notes ?? []).flatMap((note) =>
      wrap(`${INDENT}- ${plain(note)}`, style.width, `${INDENT}  `).map((part) => colors.dim(part)),
    ),
  ])
}

function stepRow(step: StepRecord, record: RunRecord, colors: Colors): string[] {
  const { outcomes, responseMs } = step
  const time = (ms: number | null): string => (ms === null ? '-' : formatMs(ms))
  return [
    String(step.index + 1),
    offeredWords(step, record),
    `${formatCount(step.achievedRatePerSec)}/s`,
    soldWords(step),
    formatCount(outcomes.soldOut),
    // Who came before the opening had an answer.
    formatCount(outcomes.refused + outcomes.unknown - (step.errorCodes['NOT_OPEN'] ?? 0)),
    formatCount(step.dropped),
    time(responseMs.mean),
    time(responseMs.p50),
    time(responseMs.p99),
    leftWords(step),
    toneOf(step.verdict, colors)(verdictWords(step)),
  ]
}

/** Of each check, in a step of many SKUs, the worst few sales. */
function renderChecksThatMatter(checks: readonly CheckResult[], manySteps: boolean, style: TerminalStyle): string[] {
  const manySkus = sellsManySkus(checks)
  const lines: string[] = []
  for (const name of CHECK_NAMES) {
    const all = checks.filter(({ check, verdict }) => check === name && (verdict === 'fail' || verdict === 'unknown'))
    const found = manySkus ? worstFirst(all).slice(0, SALES_SHOWN) : all
    for (const check of found) lines.push(...checkLines(check, manySkus ? 'sku' : manySteps ? 'step' : null, style))
    lines.push(...moreSales(all.length - found.length, style))
    lines.push(...evidenceLines(found, style))
  }
  return lines
}

function moreSales(count: number, style: TerminalStyle): string[] {
  const { dim } = pc.createColors(style.color)
  return count === 0 ? [] : [dim(`${INDENT}  and in ${formatQuantity(count, 'more sale')}: run.json has them all`)]
}

function checkLines(check: CheckResult, named: 'sku' | 'step' | null, style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  const where = named === 'sku' ? `${plain(check.sku)}: ` : named === 'step' ? `step ${check.step + 1}: ` : ''
  return wrap(
    `${mark(check.verdict, colors)} ${colors.bold(check.check)}  ${where}${plain(check.sentence)}`,
    style.width,
    INDENT,
  )
}

function evidenceLines(checks: readonly CheckResult[], style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  const evidence = checks.flatMap((check) => (check.verdict === 'fail' ? check.evidence : []))
  return evidence
    .slice(0, EVIDENCE_SHOWN)
    .flatMap(({ sentence, operations }) => [
      ...wrap(`  - ${plain(sentence)}`, style.width, INDENT),
      ...(operations.length > 1 ? operationTable(operations).map((line) => `${INDENT}  ${line}`) : []),
    ])
    .map((line) => colors.dim(line))
}

const OPERATION_COLUMNS: readonly Column[] = [
  { title: 'sent', align: 'right' },
  { title: 'answered', align: 'right' },
  { title: '', align: 'left' },
  { title: 'user', align: 'left' },
  { title: 'request', align: 'left' },
  { title: 'outcome', align: 'left' },
]

/** Times since the first operation that is shown. */
function operationTable(operations: readonly Operation[]): string[] {
  const sent = operations.map(({ sentAtNs }) => sentAtNs ?? Infinity)
  const originNs = Math.min(...sent)
  const time = (ns: number | null): string => (ns === null ? '-' : `${((ns - originNs) / NS_PER_MS).toFixed(3)}ms`)
  const rows = operations.map((operation) => [
    time(operation.sentAtNs),
    time(operation.completedAtNs),
    operation.kind === 'buy' && operation.quantity > 1 ? `buy ${operation.quantity}` : operation.kind,
    plain(operation.userId ?? '-', 40),
    plain(operation.requestId ?? '-', 40),
    outcomeWords(operation.outcome, (text) => plain(text, 40)),
  ])
  return renderTable(OPERATION_COLUMNS, rows)
}

function thresholdLines(thresholds: readonly ThresholdResult[], manySteps: boolean, style: TerminalStyle): string[] {
  const colors = pc.createColors(style.color)
  return thresholds
    .filter(({ verdict }) => verdict !== 'pass')
    .flatMap(({ expression, step, sentence, verdict }) => {
      const where = step === null ? 'whole run: ' : manySteps ? `step ${step + 1}: ` : ''
      return wrap(
        `${mark(verdict, colors)} ${colors.bold(plain(expression))}  ${where}${plain(sentence)}`,
        style.width,
        INDENT,
      )
    })
}

/** What passed, in one line. */
function passedLines(checks: readonly CheckResult[], style: TerminalStyle): string[] {
  const passed = CHECK_NAMES.filter((name) => {
    const verdicts = verdictsOf(checks, name)
    return verdicts.includes('pass') && !verdicts.some(isTrouble)
  })
  if (passed.length === 0) return []
  return wrap(`${mark('pass', pc.createColors(style.color))} ${passed.join(', ')}`, style.width, INDENT)
}

function notCheckedLines(checks: readonly CheckResult[], style: TerminalStyle): string[] {
  const names = CHECK_NAMES.filter((name) => {
    const verdicts = verdictsOf(checks, name)
    return verdicts.length > 0 && verdicts.every((verdict) => verdict === 'not-checked')
  })
  if (names.length === 0) return []
  const { dim } = pc.createColors(style.color)
  return wrap(`- not checked: ${names.join(', ')}`, style.width, INDENT).map((line) => dim(line))
}

function verdictsOf(checks: readonly CheckResult[], name: string): CheckVerdict[] {
  return checks.filter(({ check }) => check === name).map(({ verdict }) => verdict)
}

function isTrouble(verdict: CheckVerdict): boolean {
  return verdict === 'fail' || verdict === 'unknown'
}

function mark(verdict: CheckVerdict, colors: Colors): string {
  switch (verdict) {
    case 'pass':
      return colors.green('✓')
    case 'fail':
      return colors.red('✗')
    case 'unknown':
      return colors.yellow('?')
    case 'not-checked':
      return colors.dim('-')
  }
}

function joinBlocks(blocks: readonly (readonly string[])[]): string {
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}
