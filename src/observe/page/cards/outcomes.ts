/** What buyers were told, and what kept requests from an answer. */
import { OUTCOME_KINDS, type OutcomeKind } from '../../../core/operation.ts'
import { formatCount, formatShare } from '../../../core/units.ts'
import { type Card, row, type Row, tableOf } from '../card.ts'
import type { Told } from '../told.ts'

const MOST_CAUSES = 8

const NAME_OF: Readonly<Record<OutcomeKind, string>> = {
  sold: 'sold',
  soldOut: 'sold out',
  limitReached: 'limit reached',
  refused: 'refused',
  shown: 'stock shown',
  unknown: 'unknown',
  dropped: 'dropped',
}

export function outcomesCard({ last }: Told): Card {
  const { outcomes, inFlight } = last.counts
  const total = OUTCOME_KINDS.reduce((sum, kind) => sum + outcomes[kind], 0)
  const rows = OUTCOME_KINDS.filter((kind) => outcomes[kind] > 0).map((kind) =>
    row([NAME_OF[kind], formatCount(outcomes[kind]), formatShare(outcomes[kind] / total)], moodOf(kind)),
  )
  const open = inFlight > 0 ? [row(['no answer so far', formatCount(inFlight), ''])] : []
  return {
    id: 'outcomes',
    title: 'Outcomes',
    note: 'requests since the start',
    chart: null,
    table: tableOf([], [...rows, ...open], rows.length + 1),
    empty: 'No answer has come.',
  }
}

export function causesCard({ last }: Told): Card {
  const { dropped, failures } = last.counts
  const rows = [...causes(dropped, 'dropped'), ...causes(failures, '')].sort((a, b) => b.count - a.count)
  return {
    id: 'causes',
    title: 'Drops and failures',
    note: 'requests since the start, by code',
    chart: null,
    table: tableOf(
      [],
      rows.map(({ name, count }) => row([name, formatCount(count)], 'doubtful')),
      MOST_CAUSES,
    ),
    empty: 'None.',
  }
}

function causes(
  counts: Readonly<Record<string, number>>,
  prefix: string,
): { readonly name: string; readonly count: number }[] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([code, count]) => ({ name: prefix === '' ? code : `${prefix}: ${code}`, count }))
}

function moodOf(kind: OutcomeKind): Row['mood'] {
  return kind === 'unknown' || kind === 'dropped' ? 'doubtful' : 'plain'
}
