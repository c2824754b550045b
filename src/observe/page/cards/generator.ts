/** Whether the load came as planned: a generator that is late measures itself. */
import type { StepTelemetry } from '../../../core/telemetry.ts'
import { formatCount, formatMs, formatShare } from '../../../core/units.ts'
import { type Card, row, type Row } from '../card.ts'
import { type BucketCounts, bucketsBetween, quantileSeconds } from '../time-buckets.ts'
import type { Told } from '../told.ts'

export function generatorCard(told: Told): Card {
  return {
    id: 'generator',
    title: 'Generator and step',
    note: `send lateness, ${told.presentName}`,
    chart: null,
    table: { columns: [], rows: [...latenessRows(told), ...loadRows(told), ...wordsOnStep(told.last.step)], more: '' },
    empty: '',
  }
}

function latenessRows({ present }: Told): Row[] {
  const lateness = present?.to.sendLateness
  if (present === null || lateness === null || lateness === undefined) return []
  const counts = bucketsBetween(present.from.sendLateness?.counts ?? [], lateness.counts)
  return [row(['late by, p50', time(counts, 0.5)]), row(['late by, p99', time(counts, 0.99)])]
}

function time(counts: BucketCounts, q: number): string {
  const seconds = quantileSeconds(counts, q)
  return seconds === null ? '–' : formatMs(seconds * 1_000)
}

function loadRows({ last }: Told): Row[] {
  const { offered, sent, inFlight } = last.counts
  const planned = last.source.model === 'open' && offered > 0
  return [
    row(['sent', planned ? `${formatCount(sent)} (${formatShare(sent / offered)} of offered)` : formatCount(sent)]),
    row(['in flight', formatCount(inFlight)]),
  ]
}

function wordsOnStep(step: StepTelemetry | null): Row[] {
  if (step === null) return []
  return [
    row(['generator', ...word(step.generatorLate, 'LATE', 'in time')], step.generatorLate ? 'doubtful' : 'plain'),
    row(['target', ...word(step.saturated, 'SATURATED', 'keeps up')], step.saturated ? 'doubtful' : 'plain'),
  ]
}

function word(is: boolean | null, yes: string, no: string): [string] {
  if (is === null) return ["told at the step's end"]
  return [is ? yes : no]
}
