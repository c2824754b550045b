/** What buyers were told, over time: stacked, so that the height of all is what was offered. */
import { OUTCOME_KINDS, type OutcomeKind } from '../../core/operation.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { formatCount, formatShare } from '../../core/units.ts'
import { OUTCOME_NAMES, shortTime } from './names.ts'
import { type Block, columns, row, type Section, tableBlock } from './page.ts'
import type { StepDigest } from './step-digest.ts'
import { bucketPoints, clock, someOf, stepMarks, thinnedWords, timeAxis, timelineOf } from './timeline.ts'

const MOST_CODES = 12
const MOST_SAMPLES = 8
const MOST_CHARACTERS = 300

/** null: no step was finished. */
export function outcomesSection(record: RunRecord, digests: readonly StepDigest[]): Section | null {
  if (record.steps.length === 0) return null
  const kinds = OUTCOME_KINDS.filter((kind) => record.steps.some(({ outcomes }) => outcomes[kind] > 0))
  return {
    id: 'outcomes',
    title: 'Outcomes',
    lead: `What became of the requests: ${countWords(record, kinds)}.`,
    blocks: [...(digests.length === 0 ? [] : [overTime(digests, kinds)]), ...codes(record), ...notUnderstood(record)],
  }
}

function countWords({ steps }: RunRecord, kinds: readonly OutcomeKind[]): string {
  const counts = kinds.map((kind) => ({ kind, count: steps.reduce((sum, step) => sum + step.outcomes[kind], 0) }))
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  return counts
    .map(({ kind, count }) => `${formatCount(count)} ${OUTCOME_NAMES[kind]} (${formatShare(count / total)})`)
    .join(', ')
}

function overTime(digests: readonly StepDigest[], kinds: readonly OutcomeKind[]): Block {
  const timeline = timelineOf(digests)
  const series = kinds.map((kind) => ({
    name: OUTCOME_NAMES[kind],
    look: kind,
    draw: 'stack' as const,
    points: bucketPoints(digests, timeline, ({ outcomes }, { bucketMs }) => (outcomes[kind] * 1_000) / bucketMs),
  }))
  const moments = (series[0]?.points ?? []).flatMap(({ x, y }, index) => (y === null ? [] : [{ x, index }]))
  return {
    kind: 'chart',
    chart: {
      title: 'Outcomes over time',
      sentence: `Requests per second by outcome, stacked, by the moment at which they were due, in spans of ${shortTime(digests[0]!.bucketMs)}.`,
      x: timeAxis(timeline),
      y: { label: 'requests/s', scale: 'linear', format: formatCount, min: 0 },
      series,
      marks: stepMarks(digests, timeline),
      table: {
        caption: 'Requests per second by outcome',
        columns: columns('>time', ...kinds.map((kind) => `>${OUTCOME_NAMES[kind]}`)),
        rows: someOf(moments).map(({ x, index }) =>
          row([clock(x), ...series.map(({ points }) => formatCount(points[index]!.y ?? 0))]),
        ),
        more: thinnedWords(moments.length),
      },
    },
  }
}

function codes({ steps }: RunRecord): Block[] {
  const counts = new Map<string, number>()
  for (const [code, count] of steps.flatMap(({ errorCodes }) => Object.entries(errorCodes))) {
    counts.set(code, (counts.get(code) ?? 0) + count)
  }
  if (counts.size === 0) return []
  const rows = [...counts].toSorted(([, a], [, b]) => b - a)
  const more = rows.length > MOST_CODES ? `and ${rows.length - MOST_CODES} more codes, in run.json` : ''
  const shown = rows.slice(0, MOST_CODES).map(([code, count]) => row([code, formatCount(count)]))
  return [tableBlock('Why requests were refused, unknown or dropped', ['code', '>requests'], shown, more)]
}

/** As they came: whoever reads one knows which rule is missing. */
function notUnderstood({ steps }: RunRecord): Block[] {
  const samples = steps.flatMap(({ index, notUnderstood: texts }) =>
    texts.map((answer) => ({ step: index + 1, answer })),
  )
  if (samples.length === 0) return []
  const shown = samples
    .slice(0, MOST_SAMPLES)
    .map(({ step, answer }) => row([String(step), answer.slice(0, MOST_CHARACTERS)]))
  const more = samples.length > MOST_SAMPLES ? `and ${samples.length - MOST_SAMPLES} more, in run.json` : ''
  return [tableBlock('Answers that nobody could make sense of', ['step', 'answer'], shown, more)]
}
