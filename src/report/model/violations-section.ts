/**
 * For each failed check the shortest stretch of history that proves it: which requests, when each was sent and answered,
 * and the sentence why. Of many sales the worst few of each check.
 */
import { CHECK_NAMES, type CheckResult, CHECKS, type Evidence } from '../../core/check.ts'
import type { Operation, Outcome } from '../../core/operation.ts'
import type { RunRecord } from '../../core/run-record.ts'
import { formatCount, formatMs, formatQuantity, NS_PER_MS } from '../../core/units.ts'
import { outcomeWords } from '../outcome-words.ts'
import { sellsManySkus, worstFirst } from '../sales.ts'
import { type Block, type Lane, type Proof, type Section, text } from './page.ts'

/** Sales that are shown of one check. */
const MOST_SALES = 2
const MOST_LANES = 12
const MOST_SENTENCES = 4

/** null: nothing failed. */
export function violationsSection(record: RunRecord): Section | null {
  const failed = record.checks.filter(({ verdict }) => verdict === 'fail')
  if (failed.length === 0) return null
  return {
    id: 'violations',
    title: 'What proves it',
    lead: 'The shortest stretch of history that shows each violation. A bar is a request, from the moment it was sent to the moment its answer was read; what overlaps may have happened in either order, and nothing else may.',
    blocks: CHECK_NAMES.flatMap((name) =>
      blocksOf(
        record,
        failed.filter(({ check }) => check === name),
      ),
    ),
  }
}

function blocksOf(record: RunRecord, failed: readonly CheckResult[]): Block[] {
  if (failed.length === 0) return []
  const shown = worstFirst(failed).slice(0, MOST_SALES)
  const more = failed.length - shown.length
  return [
    ...shown.flatMap((check) => [
      text(`✗ ${check.check}${whereWords(record, check)}: ${check.sentence}.`, 'bad'),
      text(`It fails when ${CHECKS[check.check].failsWhen}.`),
      ...proofsOf(check.evidence).map((proof): Block => ({ kind: 'proof', proof })),
    ]),
    ...(more > 0
      ? [text(`${shown[0]!.check} failed in ${formatQuantity(more, 'more sale')}: run.json has them all.`)]
      : []),
  ]
}

function whereWords({ steps, checks }: RunRecord, { step, sku }: CheckResult): string {
  if (sellsManySkus(checks)) return `, ${sku}${steps.length > 1 ? ` in step ${step + 1}` : ''}`
  return steps.length > 1 ? `, step ${step + 1}` : ''
}

/** Stories of one request each stand on one scale; each of several has its own. */
export function proofsOf(evidence: readonly Evidence[]): Proof[] {
  const isShort = evidence.every(({ operations }) => operations.length <= 1)
  return isShort && evidence.length > 1
    ? [
        proofOf(
          evidence.map(({ sentence }) => sentence),
          evidence.flatMap(({ operations }) => operations),
        ),
      ]
    : evidence.map(({ sentence, operations }) => proofOf([sentence], operations))
}

function proofOf(sentences: readonly string[], operations: readonly Operation[]): Proof {
  const inOrder = operations.toSorted((a, b) => beganAt(a) - beganAt(b))
  const shown = inOrder.slice(0, MOST_LANES)
  const originNs = Math.min(...shown.map(beganAt))
  const lanes = shown.map((operation) => laneOf(operation, originNs))
  const lastNs = Math.max(originNs, ...shown.map(endedAt))
  const left = inOrder.length - shown.length
  const unsaid = sentences.length - MOST_SENTENCES
  return {
    sentences: sentences.slice(0, MOST_SENTENCES),
    lengthMs: shown.length === 0 ? 0 : (lastNs - originNs) / NS_PER_MS,
    lanes,
    more: left > 0 || unsaid > 0 ? `and ${formatCount(Math.max(left, unsaid))} more, in run.json` : '',
  }
}

function beganAt({ sentAtNs, scheduledAtNs }: Operation): number {
  return sentAtNs ?? scheduledAtNs
}

/** Of a request without an answer, when it was given up: so far its bar goes, though nobody knows whether it took effect. */
function endedAt(operation: Operation): number {
  return operation.completedAtNs ?? beganAt(operation)
}

function laneOf(operation: Operation, originNs: number): Lane {
  const { userId, requestId, kind, quantity, attempt, outcome, sentAtNs, completedAtNs } = operation
  const since = (ns: number): number => (ns - originNs) / NS_PER_MS
  const what = kind === 'read' ? 'read' : quantity > 1 ? `buy of ${quantity}` : 'buy'
  return {
    who: [
      userId === null ? (kind === 'read' ? 'a reader' : 'a buyer') : `user ${userId}`,
      requestId === null ? '' : `request ${requestId}`,
    ]
      .filter((part) => part !== '')
      .join(', '),
    what: attempt > 1 ? `${what}, attempt ${attempt}` : what,
    outcome: `${fateWords(outcome)}${timesWords(operation, originNs)}`,
    kind: outcome.kind,
    fromMs: sentAtNs === null ? null : since(sentAtNs),
    // A time-out says when it was given up, and nothing of when it took effect.
    untilMs: completedAtNs === null || outcome.kind === 'unknown' ? null : since(completedAtNs),
  }
}

function timesWords({ sentAtNs, completedAtNs }: Operation, originNs: number): string {
  if (sentAtNs === null) return ', never sent'
  const at = (ns: number): string => formatMs((ns - originNs) / NS_PER_MS)
  return `, ${at(sentAtNs)} to ${completedAtNs === null ? 'no answer' : at(completedAtNs)}`
}

function fateWords(outcome: Outcome): string {
  const isNumbered = outcome.kind === 'sold' && outcome.orderId !== null
  return isNumbered ? `sold (order ${outcome.orderId})` : outcomeWords(outcome, String)
}
