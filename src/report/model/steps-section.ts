/** The sale by step: what was asked, what came of it, and how it was judged. */
import type { RunRecord, StepRecord } from '../../core/run-record.ts'
import { formatCount } from '../../core/units.ts'
import { besidesWords, leftWords, offeredWords, soldWords, verdictWords } from '../step-words.ts'
import { MOOD_OF_RUN, shortTime, timeWords } from './names.ts'
import { type Block, row, type Row, type Section, tableBlock, text } from './page.ts'

const TITLES = [
  '>step',
  '>offered',
  '>achieved',
  '>units',
  '>sold',
  '>left',
  '>sold out',
  '>errors',
  '>dropped',
  '>mean',
  '>p50',
  '>p99',
  'verdict',
]

export function stepsSection(record: RunRecord): Section {
  const notes = record.steps.flatMap(({ index, notes }) => notes.map((note) => `Step ${index + 1}: ${note}`))
  const besides = besidesWords(record.steps)
  const blocks: Block[] =
    record.steps.length === 0
      ? [text(record.verdict === null ? 'No step is finished yet.' : 'No step was finished.')]
      : [
          tableBlock(
            'The sale by step',
            TITLES,
            record.steps.map((step) => stepRow(step, record)),
          ),
        ]
  return {
    id: 'steps',
    title: 'The sale by step',
    lead:
      record.steps.length > 1
        ? 'Each step was judged by itself. Times are response times: from the planned moment to the answer.'
        : 'Times are response times: from the planned moment to the answer.',
    blocks: [
      ...blocks,
      ...(besides === null ? [] : [text(`Besides${besides.slice('besides'.length)}.`)]),
      ...cutWords(record.steps),
      ...notes.map((note) => text(note)),
    ],
  }
}

/** What the rates of a step mean that did not go to its end. */
function cutWords(steps: readonly StepRecord[]): Block[] {
  return steps
    .filter(({ interrupted }) => interrupted)
    .map(({ index, durationMs }) =>
      text(`Step ${index + 1} was cut short: its rates are over ${shortTime(durationMs)}.`),
    )
}

function stepRow(step: StepRecord, record: RunRecord): Row {
  const { outcomes, responseMs } = step
  const units = step.sales.reduce((sum, { initial }) => sum + initial, 0)
  const cells = [
    String(step.index + 1),
    offeredWords(step, record),
    `${formatCount(step.achievedRatePerSec)}/s`,
    formatCount(units),
    soldWords(step),
    leftWords(step),
    formatCount(outcomes.soldOut),
    // Who came before the opening had an answer.
    formatCount(outcomes.refused + outcomes.unknown - (step.errorCodes['NOT_OPEN'] ?? 0)),
    formatCount(step.dropped),
    timeWords(responseMs.mean),
    timeWords(responseMs.p50),
    timeWords(responseMs.p99),
    verdictWords(step),
  ]
  return row(cells, MOOD_OF_RUN[step.verdict])
}
