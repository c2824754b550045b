/** Work: what an order makes the stores do, one request at a time, and what each step made them do. Counts, and no times. */
import type { RunRecord, StepRecord } from '../../core/run-record.ts'
import { formatCount } from '../../core/units.ts'
import { countsPerRequest, workBytes } from '../../core/work-counts.ts'
import type { ProbedWork } from '../../core/work-record.ts'
import { type Block, row, type Row, type Section, tableBlock, text } from './page.ts'

const KIND_NAMES: Readonly<Record<ProbedWork['kind'], string>> = {
  sold: 'sold',
  soldOut: 'sold out',
  replayed: 'replayed',
  read: 'read',
}

/** null: nobody counted any. */
export function workSection({ workAnOrder, steps }: RunRecord): Section | null {
  const blocks = [...(workAnOrder === null ? [] : probedBlocks(workAnOrder)), ...stepBlocks(steps)]
  if (blocks.length === 0) return null
  const notCounted = new Set(
    [...(workAnOrder ?? []), ...steps.map(({ work }) => work)].flatMap((work) => work.notCounted),
  )
  return {
    id: 'work',
    title: 'Work an order',
    lead: 'Counts of what target and stores did. Unlike times they are the same on any machine.',
    blocks: [...blocks, ...[...notCounted].map((sentence) => text(`Not counted: ${sentence}.`))],
  }
}

/** A row a count, a column a kind of request. */
export function probedBlocks(probes: readonly ProbedWork[]): Block[] {
  const counted = probes.filter(({ requests }) => requests > 0)
  const byKind = counted.map(
    (probe) => new Map([...countsPerRequest(probe), ...workBytes(probe)].map((one) => [one.name, one.perRequest])),
  )
  const names = [...new Set(byKind.flatMap((counts) => [...counts.keys()]))]
  if (names.length === 0) return []
  const titles = ['one request, nothing else in flight', ...counted.map(({ kind }) => `>${KIND_NAMES[kind]}`)]
  const rows = names.map((name) => row([name, ...byKind.map((counts) => eachWords(counts.get(name)))]))
  return [tableBlock('Work of one request', titles, rows)]
}

function eachWords(perRequest: number | undefined): string {
  if (perRequest === undefined) return '–'
  return perRequest >= 100 ? formatCount(perRequest) : String(Number(perRequest.toFixed(2)))
}

function stepBlocks(steps: readonly StepRecord[]): Block[] {
  const counts = steps.map(countsOf)
  const names = [...new Set(counts.flatMap((count) => [...count.keys()]))].filter((name) =>
    counts.some((count) => (count.get(name) ?? 0) > 0),
  )
  if (names.length === 0) return []
  const titles = ['in all, and an order sold', ...steps.map(({ index }) => `>step ${index + 1}`)]
  return [
    tableBlock(
      'Work by step',
      titles,
      names.map((name): Row => row([name, ...steps.map((step, at) => totalWords(counts[at]!.get(name), step))])),
    ),
  ]
}

function countsOf({ work }: StepRecord): Map<string, number> {
  const { counters, sql, redis } = work
  const calls = (sql?.statements ?? []).reduce((sum, { calls }) => sum + calls, 0)
  const commands = Object.values(redis?.commands ?? {}).reduce((sum, count) => sum + count, 0)
  return new Map([
    ...(sql === null
      ? []
      : ([
          ['SQL statements', calls],
          ...(sql.transactions === null ? [] : ([['transactions', sql.transactions]] as const)),
          ['WAL bytes', sql.walBytes],
        ] as const)),
    ...(redis === null ? [] : ([['Redis commands', commands]] as const)),
    ...Object.entries(counters),
  ])
}

function totalWords(count: number | undefined, { outcomes }: StepRecord): string {
  if (count === undefined) return '–'
  const each = outcomes.sold === 0 ? '' : ` (${Number((count / outcomes.sold).toPrecision(3)).toLocaleString('en-US')})`
  return `${formatCount(count)}${each}`
}
