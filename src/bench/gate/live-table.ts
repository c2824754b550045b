/** What gates came to that were run and not drawn, as a table for the documentation. Pure. */
import type { RunVerdict } from '../../core/exit-codes.ts'
import type { GateRecord } from '../../core/gate-record.ts'
import { median } from '../../core/statistics/estimate.ts'
import { formatCount, formatQuantity } from '../../core/units.ts'
import { machineLine, markdownTable } from '../document.ts'

export interface LiveKind {
  readonly name: string
  /** Of the candidate; null: it is the baseline. */
  readonly handicap: string | null
  readonly due: RunVerdict
}

export interface LiveGate {
  readonly kind: LiveKind
  readonly record: GateRecord
}

export const LIVE_KINDS: readonly LiveKind[] = [
  { name: 'A against A', handicap: null, due: 'passed' },
  { name: 'A against a tenth more CPU (`cpu=10%`)', handicap: 'cpu=10%', due: 'missed' },
  { name: 'A against one more statement (`statement`)', handicap: 'statement', due: 'missed' },
]

/** Of at least one gate. */
export function renderLive(gates: readonly LiveGate[]): string {
  const { environment, startedAt, budgetMs } = gates[0]!.record
  const made = environment === null ? '' : ` ${machineLine(environment, new Date(startedAt))}`
  return [
    markdownTable(
      ['gates', 'run', 'answered as is due', 'answers', 'visits an arm', 'took'],
      LIVE_KINDS.flatMap((kind) => rowOf(kind, gates)),
    ),
    `Each within a budget of ${formatCount((budgetMs ?? 0) / 1_000)} s; in the middle of its kind.${made}`,
  ].join('\n\n')
}

/** None of a kind that no gate was run of. */
function rowOf(kind: LiveKind, gates: readonly LiveGate[]): string[][] {
  const records = gates.filter((gate) => gate.kind.name === kind.name).map(({ record }) => record)
  if (records.length === 0) return []
  const right = records.filter(({ verdict }) => verdict === kind.due).length
  const visits = median(records.map((record) => record.visits.length / 2))
  const tookMs = median(records.map(durationMs))
  return [
    [
      kind.name,
      formatCount(records.length),
      formatCount(right),
      answersOf(records),
      formatCount(visits),
      `${formatCount(tookMs / 1_000)} s`,
    ],
  ]
}

/** "4 REGRESSED, 1 NO ANSWER", the most first. */
function answersOf(records: readonly GateRecord[]): string {
  const counts = new Map<string, number>()
  for (const record of records) counts.set(wordOf(record), (counts.get(wordOf(record)) ?? 0) + 1)
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ')
}

function wordOf({ judgement, verdict }: GateRecord): string {
  return judgement === null || verdict === 'environment' ? 'ENDED EARLY' : judgement.word
}

function durationMs({ startedAt, finishedAt }: GateRecord): number {
  return finishedAt === null ? 0 : Date.parse(finishedAt) - Date.parse(startedAt)
}

/** One line a gate, for whoever waits. */
export function liveLine({ kind, record }: LiveGate): string {
  const { judgement, visits, exitCode } = record
  const made = formatQuantity(visits.length, 'visit')
  return `${kind.name}: exit ${exitCode} after ${made}, ${wordOf(record)}: ${judgement?.headline ?? record.notes.at(-1) ?? ''}`
}
