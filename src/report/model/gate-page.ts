/**
 * The report of a gate: the answer, what was wrong, what got slower, whether an order costs other work, and the visits that
 * say so. What was not judged is never shown as good.
 */
import { CHECKS } from '../../core/check.ts'
import {
  type ArmFailure,
  GATE_METRICS,
  type GateArm,
  type GateRecord,
  type WorkJudgement,
} from '../../core/gate-record.ts'
import { effectWords, metricName } from '../../core/gate-words.ts'
import { targetName } from '../../core/run-record.ts'
import { durationWord, formatQuantity } from '../../core/units.ts'
import { armsWords, gateHeadline } from '../gate-words.ts'
import { foreseenSection, timesSection } from './gate-times.ts'
import { visitsSection } from './gate-visits.ts'
import { MOOD_OF_RUN } from './names.ts'
import { numberedVisits } from './numbered-visits.ts'
import {
  type Block,
  type Command,
  listSection,
  type Mood,
  type Page,
  row,
  type Section,
  tableBlock,
  text,
} from './page.ts'
import { repeatWholeSection } from './repeat-section.ts'

export interface GateReport {
  readonly record: GateRecord
  readonly commands: readonly Command[]
}

const NOT_COMPLETE = {
  interrupted: 'The gate is not complete: it was ended before its time.',
  running: 'The gate had not ended when this was made: it goes on, or its process is gone.',
} as const

const NOT_JUDGED = {
  complete: 'Nothing could be judged: one of both was not visited.',
  interrupted: 'Nothing could be judged: one of both was not visited.',
  running: 'Nothing is judged yet.',
} as const

/** All of them stand in gate.json. */
const LINES_SHOWN = 100
const NUMBERS_SHOWN = 12
/** What is longer is no headline any more. */
const LONGEST_HEADLINE = 240

export function gatePage({ record, commands }: GateReport): Page {
  const { word, rest, verdict } = gateHeadline(record)
  const headline = rest.replace(/^[:;\s]+/, '')
  const isShort = headline.length <= LONGEST_HEADLINE
  const { scenario, arms, status, exitCode, startedAt, gateId, judgement, notes } = record
  const subject = `${scenario.name}: ${arms.candidate.name} against ${arms.baseline.name}`
  const sections: readonly (Section | null)[] = [
    correctnessSection(record),
    timesSection(record),
    judgement === null ? null : workSection(judgement.work, record),
    visitsSection(record),
    foreseenSection(record),
    listSection('environment', 'Where the environments differ', judgement?.environmentDiffers ?? []),
    listSection('notes', 'Notes', notes),
    repeatWholeSection({
      facts: factsOf(record),
      environment: record.environment,
      commands,
      lead: 'The seed fixes the requests, the order of visits, and every draw of the statistics.',
    }),
  ]
  return {
    title: `${word} – ${subject}`,
    kicker: subject,
    banner: {
      mood: bannerMood(MOOD_OF_RUN[verdict], record),
      word,
      rest: isShort ? headline : '',
      circumstances: [
        ...(isShort ? [] : [`${headline}.`]),
        `${armsWords(record)}.`,
        `exit ${exitCode ?? '–'} · ${startedAt}`,
        ...(status === 'complete' ? [] : [NOT_COMPLETE[status]]),
      ],
    },
    sections: sections.filter((section) => section !== null),
    colophon: `Made by doorbuster from gate ${gateId}.`,
  }
}

/** What has not ended has not passed. */
function bannerMood(mood: Mood, { status }: GateRecord): Mood {
  return mood === 'good' && status !== 'complete' ? 'doubtful' : mood
}

function correctnessSection(record: GateRecord): Section {
  const { judgement } = record
  const { verdict, failures, doubts } = judgement?.correctness ?? { verdict: 'unknown', failures: [], doubts: [] }
  const isRight = verdict === 'right'
  return {
    id: 'correctness',
    title: failures.length > 0 ? 'What was wrong' : 'Right and wrong',
    lead: 'Every sale of every visit is checked against what the stores hold.',
    blocks: [
      ...(judgement === null ? [text(NOT_JUDGED[record.status], 'doubtful')] : []),
      ...(failures.length === 0 ? [] : failureBlocks(failures, record)),
      ...(isRight ? [text('The candidate was right in every visit.', 'good')] : []),
      ...doubts.map((doubt) => text(`Not decided: ${doubt}.`, 'doubtful')),
    ],
  }
}

function failureBlocks(failures: readonly ArmFailure[], record: GateRecord): Block[] {
  const rows = failures.map((failure) => {
    const { arm, check, sentence, visits, ofVisits } = failure
    const often = `${visits} of ${formatQuantity(ofVisits, 'visit')}: ${numbersOf(failure, record)}`
    return row([`${arm}: ${check}`, sentence, often], 'bad')
  })
  const checks = [...new Set(failures.map(({ check }) => check))]
  return [
    tableBlock('Checks that failed', ['whose sale, and what', 'in words', 'in how many, and which'], rows),
    {
      kind: 'folded',
      summary: 'When these checks fail',
      blocks: checks.map((check) => text(`${check} fails when ${CHECKS[check].failsWhen}.`)),
    },
  ]
}

/** "number 7, 9". */
function numbersOf({ arm, check }: ArmFailure, record: GateRecord): string {
  const numbers = numberedVisits(record)
    .filter((visit) => visit.arm === arm && visit.failedChecks.some((failed) => failed.check === check))
    .map(({ number }) => number)
  const more = numbers.length > NUMBERS_SHOWN ? ` and ${numbers.length - NUMBERS_SHOWN} more` : ''
  return `number ${numbers.slice(0, NUMBERS_SHOWN).join(', ')}${more}`
}

function workSection(
  { verdict, exactCounts, changes, notExact, notes }: WorkJudgement,
  { options }: GateRecord,
): Section {
  const mood = options.work === 'strict' ? 'bad' : 'doubtful'
  return {
    id: 'work',
    title: 'Work an order',
    lead: 'Counts of what the stores did for one request with nothing else in flight. A count that is the same in all visits of the baseline is exact.',
    blocks: [
      ...(verdict === null ? [text('Nothing was compared.', 'doubtful')] : []),
      ...(verdict === 'same' ? [text(`The same: ${formatQuantity(exactCounts, 'exact count')}.`, 'good')] : []),
      ...(changes.length === 0 ? [] : [changeTable(changes, mood)]),
      ...(notExact.length === 0 ? [] : notExactBlocks(notExact)),
      ...notes.map((note) => text(note, 'doubtful')),
    ],
  }
}

function changeTable(changes: WorkJudgement['changes'], mood: Mood): Block {
  const rows = changes
    .slice(0, LINES_SHOWN)
    .map(({ baseline, candidate, sentence }) =>
      row([`${countWords(baseline)} -> ${countWords(candidate)}`, sentence], mood),
    )
  const more = changes.length > LINES_SHOWN ? `and ${changes.length - LINES_SHOWN} more, in gate.json` : ''
  return tableBlock('What changed', ['a request', 'what changed'], rows, more)
}

function countWords(count: number): string {
  return Number(count.toPrecision(4)).toLocaleString('en-US')
}

/** One of them may be what changed. */
function notExactBlocks(notExact: readonly string[]): Block[] {
  const rest = notExact.length - LINES_SHOWN
  const more = rest > 0 ? [text(`and ${rest} more, in gate.json`)] : []
  const summary = `${formatQuantity(notExact.length, 'count')} not exact, and not compared`
  return [{ kind: 'folded', summary, blocks: [...notExact.slice(0, LINES_SHOWN).map((count) => text(count)), ...more] }]
}

function factsOf(record: GateRecord): string[][] {
  const { gateId, startedAt, finishedAt, scenario, seed, budgetMs, options } = record
  const { leastEffect, work, onInconclusive, quick } = options
  const least = GATE_METRICS.map((metric) => `${metricName(metric)} ${effectWords(metric, leastEffect[metric])}`)
  return [
    ['gate', gateId],
    ['began, ended', `${startedAt} to ${finishedAt ?? 'not yet'}`],
    ['scenario', `${scenario.name}, seed ${seed}`],
    ['baseline', armWords('baseline', record)],
    ['candidate', armWords('candidate', record)],
    ['budget', budgetMs === null ? 'nothing was run: visits that are stored were judged' : durationWord(budgetMs)],
    ...(quick ? [['times', 'not judged (--quick)']] : [['least that matters', least.join(', ')]]),
    ['other work', work === 'strict' ? 'fails the gate' : 'is told, and lets the candidate pass'],
    ['no answer', onInconclusive === 'fail' ? 'fails the build' : 'lets the build pass'],
  ]
}

function armWords(arm: GateArm, { arms }: GateRecord): string {
  const { name, target } = arms[arm]
  if (target === null) return `${name}, not visited`
  const what = targetName(target)
  return what === name ? name : `${name} (${what})`
}
