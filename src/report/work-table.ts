/** What one request of each kind cost, as lines of a table: counts per request, from the probe of a run. Pure. */
import { formatCount } from '../core/units.ts'
import type { ProbedWork, SqlStatementWork } from '../core/work-record.ts'
import { plain, wrap } from './plain-text.ts'
import { type Column, renderTable } from './text-table.ts'

const COLUMNS: readonly Column[] = [
  { title: 'work an order', align: 'left' },
  { title: 'statements', align: 'right' },
  { title: 'nested', align: 'right' },
  { title: 'transactions', align: 'right' },
  { title: 'WAL bytes', align: 'right' },
  { title: 'Redis commands', align: 'right' },
]

const KIND_WORDS: Readonly<Record<ProbedWork['kind'], string>> = {
  sold: 'sold',
  soldOut: 'sold out',
  replayed: 'replayed',
  read: 'read',
}

export interface WorkTableStyle {
  readonly width: number
  readonly dim: (text: string) => string
}

/** Empty where nobody probed. Under the table, what was not counted, each sentence once. */
export function workTable(probes: readonly ProbedWork[] | null, { width, dim }: WorkTableStyle): string[] {
  if (probes === null || probes.length === 0) return []
  const notCounted = new Set(probes.flatMap((probe) => probe.notCounted))
  return [
    ...renderTable(COLUMNS, probes.map(rowOf), dim),
    ...[...notCounted].flatMap((sentence) => wrap(`    - not counted: ${plain(sentence)}`, width, '      ')).map(dim),
  ]
}

function rowOf({ kind, sent, sql, redis }: ProbedWork): string[] {
  const each = (total: number | null | undefined): string =>
    total === undefined || total === null || sent === 0 ? '-' : countWords(total / sent)
  const commands = redis === null ? undefined : Object.values(redis.commands).reduce((sum, calls) => sum + calls, 0)
  return [
    KIND_WORDS[kind],
    each(sql === null ? undefined : callsOf(sql.statements)),
    each(sql === null ? undefined : callsOf(sql.nested)),
    each(sql?.transactions),
    sql === null || sent === 0 ? '-' : formatCount(sql.walBytes / sent),
    each(commands),
  ]
}

function callsOf(statements: readonly SqlStatementWork[]): number {
  return statements.reduce((sum, { calls }) => sum + calls, 0)
}

/** 1 -> "1", 0.05 -> "0.05". */
function countWords(perRequest: number): string {
  return String(Number(perRequest.toFixed(2)))
}
