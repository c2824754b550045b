/** Words that several sections share. */
import type { CheckVerdict } from '../../core/check.ts'
import type { RunVerdict } from '../../core/exit-codes.ts'
import type { OutcomeKind } from '../../core/operation.ts'
import { formatMs } from '../../core/units.ts'
import type { Mood } from './page.ts'

export const OUTCOME_NAMES: Readonly<Record<OutcomeKind, string>> = {
  sold: 'sold',
  soldOut: 'sold out',
  limitReached: 'limit reached',
  refused: 'refused',
  shown: 'stock shown',
  unknown: 'unknown',
  dropped: 'dropped',
}

export const MOOD_OF_RUN: Readonly<Record<RunVerdict, Mood>> = {
  passed: 'good',
  wrong: 'bad',
  missed: 'doubtful',
  inconclusive: 'doubtful',
  environment: 'doubtful',
  interrupted: 'doubtful',
}

/** null: it has none yet. */
export function moodOf(verdict: RunVerdict | null): Mood {
  return verdict === null ? 'plain' : MOOD_OF_RUN[verdict]
}

export const MOOD_OF_CHECK: Readonly<Record<CheckVerdict, Mood>> = {
  pass: 'good',
  fail: 'bad',
  unknown: 'doubtful',
  'not-checked': 'plain',
}

/** A mark and a word, so that no colour is needed. */
export const CHECK_WORDS: Readonly<Record<CheckVerdict, string>> = {
  pass: '✓ pass',
  fail: '✗ fail',
  unknown: '? unknown',
  'not-checked': '– not checked',
}

export function timeWords(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '–' : formatMs(ms)
}

/** For an axis: 0.5ms, 20ms, 2s. */
export function shortTime(ms: number): string {
  if (ms >= 1_000) return `${Number((ms / 1_000).toPrecision(3))}s`
  return `${Number(ms.toPrecision(3))}ms`
}

/** 0.9999 -> "99.99%". */
export function quantileWords(quantile: number): string {
  return `${Number((quantile * 100).toFixed(4))}%`
}
