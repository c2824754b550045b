/** Work: counts of what the target and its stores did, which no busy machine changes. */
import type { RunRecord } from '../../core/run-record.ts'
import { formatCount } from '../../core/units.ts'
import { row, type Section, tableBlock } from './page.ts'

/** null: nobody counted any. */
export function workSection({ steps }: RunRecord): Section | null {
  const names = [...new Set(steps.flatMap(({ work }) => Object.keys(work)))].filter((name) =>
    steps.some(({ work }) => (work[name] ?? 0) > 0),
  )
  if (names.length === 0) return null
  const perOrder = (count: number, sold: number): string =>
    sold === 0 ? '–' : Number((count / sold).toPrecision(3)).toString()
  const rows = names.flatMap((name) =>
    steps.map((step) => {
      const count = step.work[name] ?? 0
      return row([name, String(step.index + 1), formatCount(count), perOrder(count, step.outcomes.sold)])
    }),
  )
  return {
    id: 'work',
    title: 'Work an order',
    lead: 'Counts by the target itself. Unlike times they are the same on any machine.',
    blocks: [tableBlock('Counters of the target by step', ['counter', '>step', '>count', '>an order'], rows)],
  }
}
