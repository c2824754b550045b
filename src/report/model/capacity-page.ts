/**
 * The report of a search for capacity: the answer first, then the trials that it rests on, what breaks first and at what rate,
 * what a planned sale would need, and what was predicted beside what was measured. What was not measured is not drawn.
 */
import type { CapacityRecord, CapacityTrial, SalePlan, TrialAnswer } from '../../core/capacity-record.ts'
import { targetName } from '../../core/run-record.ts'
import { formatCount, formatMs, formatQuantity, formatShare, parseDurationMs } from '../../core/units.ts'
import {
  capacityHeadline,
  DEMAND_TITLES,
  demandRows,
  doubtWords,
  kneeWords,
  planWords,
  predictionWords,
  resourceName,
  scalabilityWords,
  throughputWords,
  TOO_MUCH,
} from '../capacity-words.ts'
import { MOOD_OF_RUN, shortTime, timeWords } from './names.ts'
import { niceEnd } from './nice-end.ts'
import {
  type Axis,
  type Block,
  type Chart,
  type Command,
  type IntervalRow,
  listSection,
  type Look,
  type Mark,
  type Page,
  row,
  type Section,
  tableBlock,
  text,
} from './page.ts'
import { repeatWholeSection } from './repeat-section.ts'

export interface CapacityReport {
  readonly record: CapacityRecord
  readonly commands: readonly Command[]
}

/** Rates that far apart are drawn on a scale on which each doubling is as wide. */
const FAR_APART = 8

/** Ceilings that many times above the lowest say nothing more. */
const CEILINGS_SHOWN = 4

const NOT_COMPLETE = {
  interrupted: 'The search is not complete: it was ended before its end.',
  running: 'The search had not ended when this was made: it goes on, or its process is gone.',
} as const

const ANSWERS: readonly (readonly [answer: TrialAnswer, name: string, look: Look])[] = [
  ['good', 'met the SLO', 'line-0'],
  ['bad', 'missed it', 'line-3'],
  ['none', 'told nothing', 'line-2'],
]

export function capacityPage({ record, commands }: CapacityReport): Page {
  const { word, rest, verdict } = capacityHeadline(record)
  const { scenario, slo, startedAt, exitCode, status, budgetMs, trials } = record
  const subject = `${scenario.name} against ${target(record)}: capacity`
  const sections: readonly (Section | null)[] = [
    wrongSection(record),
    searchSection(record),
    bottleneckSection(record),
    record.plan === null ? null : planSection(record.plan),
    predictionSection(record),
    trialsSection(record),
    listSection('notes', 'How the figures came about', doubtWords(record).map(asSentence)),
    repeatSection(record, commands),
  ]
  return {
    title: `${word} – ${subject}`,
    kicker: subject,
    banner: {
      mood: MOOD_OF_RUN[verdict],
      word,
      rest: rest.replace(/^[:;\s]+/, ''),
      circumstances: [
        `Every trial has to meet ${slo.join(' and ')}.`,
        `${formatQuantity(trials.length, 'trial')} in a budget of ${formatMs(budgetMs)} · exit ${exitCode ?? '–'} · ${startedAt}`,
        ...(status === 'complete' ? [] : [NOT_COMPLETE[status]]),
      ],
    },
    sections: sections.filter((section) => section !== null),
    colophon: `Made by doorbuster from the search for capacity ${record.capacityId}.`,
  }
}

function target({ target: found }: CapacityRecord): string {
  return found === null ? 'a target' : targetName(found)
}

function wrongSection({ wrong }: CapacityRecord): Section | null {
  if (wrong === null) return null
  const { trial, ratePerSec, check, sentence } = wrong
  return {
    id: 'wrong',
    title: 'A sale was wrong',
    lead: 'The first sale that is wrong ends the search: how much a wrong one carries, nobody has to know.',
    blocks: [text(`✗ trial ${trial}, at ${formatCount(ratePerSec)}/s: ${check}: ${sentence}`, 'bad')],
  }
}

/** null: no trial was made. */
function searchSection(record: CapacityRecord): Section | null {
  const trials = record.trials.filter(({ purpose }) => purpose === 'search')
  if (trials.length === 0) return null
  const words = [throughputWords(record), kneeWords(record), scalabilityWords(record)].filter((one) => one !== null)
  const chart = searchChart(record, trials)
  const drawn: Block = { kind: 'chart', chart }
  return {
    id: 'search',
    title: 'The rates that were tried',
    lead: 'Each trial is a sale of its own at one rate all along. Rates double until one is too high, then the interval is narrowed with longer trials.',
    blocks: [...(chart.series.length === 0 ? [] : [drawn]), factsTable('What it comes to', words)],
  }
}

function searchChart(record: CapacityRecord, trials: readonly CapacityTrial[]): Chart {
  const limits = timeLimits(record)
  const figure = limits[0]?.figure ?? 'p99'
  const timed = trials.filter(({ responseMs }) => (responseMs[figure] ?? 0) > 0)
  const untimed = trials.length - timed.length
  const without = untimed === 0 ? '' : ` ${formatQuantity(untimed, 'trial')} had no such time.`
  const bound = record.capacity?.lowerRatePerSec ?? null
  const found = bound === null ? '' : ` The SLO holds up to ${formatCount(bound)}/s.`
  return {
    title: `Response time by rate, ${figure}`,
    sentence: `A mark a trial, at the rate that was asked of the target.${without}${found}`,
    x: rateAxis(trials),
    y: { label: `${figure}, from the planned moment`, scale: 'log', format: shortTime },
    series: ANSWERS.map(([answer, name, look]) => ({
      name,
      look,
      draw: 'dots' as const,
      points: timed
        .filter((trial) => trial.answer === answer)
        .toSorted((a, b) => a.ratePerSec - b.ratePerSec)
        .map(({ ratePerSec, responseMs }) => ({ x: ratePerSec, y: responseMs[figure] })),
    })).filter(({ points }) => points.length > 0),
    marks: [...intervalMarks(record), ...limits.filter((limit) => limit.figure === figure).map(({ mark }) => mark)],
    table: trialsTable('Trials of the search', trials),
  }
}

function rateAxis(trials: readonly CapacityTrial[]): Axis {
  const rates = trials.map(({ ratePerSec }) => ratePerSec)
  const isFar = Math.max(...rates) > FAR_APART * Math.min(...rates)
  return { label: 'requests/s', scale: isFar ? 'log' : 'linear', format: formatCount }
}

function intervalMarks({ capacity, knee }: CapacityRecord): Mark[] {
  const lower = capacity?.lowerRatePerSec ?? null
  const upper = capacity?.upperRatePerSec ?? null
  const marks: Mark[] = []
  if (lower !== null && upper !== null && upper > lower) {
    marks.push({ axis: 'x', at: lower, until: upper, label: 'capacity', mood: 'doubtful' })
  } else if (lower !== null) marks.push({ axis: 'x', at: lower, label: 'at least', mood: 'good' })
  // Closer, one name would lie over the other; its words stand below.
  const isApart = knee !== null && (lower === null || knee.ratePerSec < lower / 2)
  if (isApart) marks.push({ axis: 'x', at: knee.ratePerSec, label: 'knee', mood: 'plain' })
  return marks
}

type TimeFigure = 'mean' | 'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max'

/** What the SLO allows of response times. */
function timeLimits({ slo }: CapacityRecord): { readonly figure: TimeFigure; readonly mark: Mark }[] {
  return slo.flatMap((expression) => {
    const [, figure, limit = ''] = /^\s*(mean|p50|p90|p95|p99|p999|max)\s*<=?\s*(\S+)\s*$/.exec(expression) ?? []
    const at = parseDurationMs(limit)
    if (figure === undefined || at === null || at <= 0) return []
    const label = `${figure} allowed: ${shortTime(at)}`
    return [
      { figure: figure as TimeFigure, mark: { axis: 'y', at, label, brief: shortTime(at), mood: 'bad' } as const },
    ]
  })
}

/** null: demands could not be told. */
function bottleneckSection(record: CapacityRecord): Section | null {
  const { demand } = record
  if (demand === null) return null
  const { utilisation, sentence } = demand.bottleneck
  const rows = demandRows(record)
  const cells = (resource: readonly string[], from: number, to: number): string[] => [
    resource[0]!,
    ...resource.slice(from, to),
  ]
  const titles = DEMAND_TITLES.map((title) => `>${title}`)
  const used = (name: string): string => {
    const share = Object.entries(utilisation).find(([resource]) => resourceName(resource) === name)?.[1]
    return share === undefined ? '-' : formatShare(share)
  }
  const machine =
    utilisation['machine'] === undefined
      ? []
      : [row(['machine, generator and all', String(demand.machine.cores), used('machine'), '-', '-'])]
  return {
    id: 'bottleneck',
    title: 'What breaks first',
    lead: asSentence(sentence),
    blocks: [
      ...ceilingBlocks(record),
      tableBlock(
        'Resources',
        ['resource', '>cores', '>in use at the capacity', '>in use when idle', '>ceiling'],
        [
          ...rows.map((resource) => row([resource[0]!, resource[CORES]!, used(resource[0]!), ...resource.slice(IDLE)])),
          ...machine,
        ],
      ),
      tableBlock(
        'CPU time a request, with 95% intervals',
        ['resource', ...titles.slice(CORES + 1, IDLE)],
        rows.map((resource) => row(cells(resource, CORES + 1, IDLE))),
      ),
      ...demand.doubts.map((doubt) => text(asSentence(doubt), 'doubtful')),
    ],
  }
}

/** Places in DEMAND_TITLES: what costs a request stands between these. */
const CORES = 1
const IDLE = 8

/** The generator's is none of the target. */
function ceilingBlocks({ demand, capacity }: CapacityRecord): Block[] {
  const rows = demand!.resources
    .filter(({ resource }) => resource !== 'generator')
    .flatMap(({ resource, ceiling }): IntervalRow[] => {
      if (ceiling === null) return []
      const { ratePerSec, low, high } = ceiling
      return [{ name: resourceName(resource), mood: 'plain', figure: { median: ratePerSec, low, high } }]
    })
  if (rows.length === 0) return []
  const lower = capacity?.lowerRatePerSec ?? null
  const lowest = Math.min(...demand!.resources.flatMap(({ ceiling }) => ceiling?.ratePerSec ?? []))
  const highest = Math.max(...rows.flatMap(({ figure }) => figure?.high ?? []), lower ?? 0)
  const until = niceEnd(Math.min(highest, CEILINGS_SHOWN * Math.max(lowest, lower ?? 0)))
  const beyond = highest > until * (1 + 1e-9) ? ' What lies beyond the scale is drawn at its end.' : ''
  return [
    {
      kind: 'intervals',
      intervals: {
        title: 'Ceilings',
        sentence: `Requests per second of the scenario at which a resource has no more to give. The lowest breaks first.${beyond}`,
        from: 0,
        until,
        format: perSecond,
        formatEnd: perSecond,
        rows,
        limit: lower === null ? null : { at: lower, label: `capacity found: ${perSecond(lower)}` },
      },
    },
  ]
}

function perSecond(rate: number): string {
  return `${formatCount(rate)}/s`
}

function planSection(plan: SalePlan): Section {
  const { resources, headroom } = plan
  const ends = resources.map(({ utilisation }) => utilisation.high)
  const rows = resources.map(({ resource, utilisation: { share, low, high } }): IntervalRow => {
    const mood = share > 1 ? 'bad' : share > headroom ? 'doubtful' : 'good'
    return { name: resourceName(resource), mood, figure: { median: share, low, high } }
  })
  const drawn: Block[] =
    rows.length === 0
      ? []
      : [
          {
            kind: 'intervals',
            intervals: {
              title: 'How busy it would be',
              sentence: 'Share of its cores that a resource would use, in the busier part of the sale.',
              from: 0,
              until: niceEnd(Math.max(...ends, 1)),
              format: formatShare,
              formatEnd: formatShare,
              rows,
              limit: { at: headroom, label: `headroom: ${formatShare(headroom)}` },
            },
          },
        ]
  return {
    id: 'plan',
    title: 'The planned sale',
    lead: 'From what a request costs, not from a measurement at that rate.',
    blocks: [
      factsTable('The plan', planWords(plan)),
      ...drawn,
      tableBlock(
        'What was assumed',
        ['assumption'],
        plan.assumptions.map((assumption) => row([assumption])),
      ),
    ],
  }
}

function predictionSection({ prediction }: CapacityRecord): Section | null {
  if (prediction === null) return null
  const [from = '', ...lines] = predictionWords(prediction)
  return {
    id: 'prediction',
    title: 'Predicted, and measured',
    lead: asSentence(`what low load says of high load, ${from}`),
    blocks: [factsTable('Predictions', lines)],
  }
}

function trialsSection({ trials }: CapacityRecord): Section | null {
  if (trials.length === 0) return null
  return {
    id: 'trials',
    title: 'Every trial',
    lead: 'Each is a run of its own, in the folder that is named, and judged like any other.',
    blocks: [{ kind: 'folded', summary: formatQuantity(trials.length, 'trial'), blocks: [wholeTable(trials)] }],
  }
}

const ANSWER_WORDS: Readonly<Record<TrialAnswer, string>> = { good: '✓ met', bad: '✗ missed', none: '? nothing' }
const ANSWER_MOODS = { good: 'good', bad: 'bad', none: 'doubtful' } as const

function trialsTable(caption: string, trials: readonly CapacityTrial[]): Chart['table'] {
  return tableBlock(
    caption,
    ['>trial', '>rate', '>length', '>achieved', '>mean', '>p99', 'SLO', 'because'],
    trials.map((trial) => row(shortCells(trial), ANSWER_MOODS[trial.answer])),
  ).table
}

function wholeTable(trials: readonly CapacityTrial[]): Block {
  const titles = ['>trial', '>rate', '>length', '>achieved', '>mean', '>p99', 'SLO', 'because']
  const rows = trials.map((trial) =>
    row([...shortCells(trial), trial.purpose, stockWords(trial), trial.directory], ANSWER_MOODS[trial.answer]),
  )
  return tableBlock('Trials', [...titles, 'for', '>stock for', 'folder'], rows)
}

function shortCells(trial: CapacityTrial): string[] {
  const { number, ratePerSec, durationMs, achievedRatePerSec, responseMs, answer, because } = trial
  return [
    String(number),
    perSecond(ratePerSec),
    shortTime(durationMs),
    perSecond(achievedRatePerSec),
    timeWords(responseMs.mean),
    timeWords(responseMs.p99),
    ANSWER_WORDS[answer],
    because,
  ]
}

function stockWords({ sellThrough }: CapacityTrial): string {
  return sellThrough === null ? "the target's own" : `${formatShare(sellThrough)} of what is asked`
}

/** "redis: 40% of its one core" says what it is about before its first colon. */
function factsTable(caption: string, lines: readonly string[]): Block {
  const rows = lines.map((line) => {
    const at = line.indexOf(': ')
    return row([line.slice(0, at), line.slice(at + 2)], line.endsWith(TOO_MUCH) ? 'bad' : 'plain')
  })
  return tableBlock(caption, ['', ''], rows)
}

function asSentence(words: string): string {
  const rest = words.replace(/[.:]$/, '')
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}.`
}

function repeatSection(record: CapacityRecord, commands: readonly Command[]): Section {
  const { environment, capacityId, startedAt, finishedAt, scenario, seed, search } = record
  const facts = [
    ['search', capacityId],
    ['began, ended', `${startedAt} to ${finishedAt ?? 'not yet'}`],
    ['scenario', `${scenario.name}, seed ${seed}`],
    [
      'rates',
      `${perSecond(search.fromRatePerSec)} to ${perSecond(search.toRatePerSec)}, to ${formatShare(search.precision)}`,
    ],
  ]
  return repeatWholeSection({ facts, environment, commands })
}
