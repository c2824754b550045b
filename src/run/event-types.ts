/** How what happens is called in logs: for whoever filters them, or raises an alarm by them. */
import type { CheckName } from '../core/check.ts'

/** `eventType` of a check that failed, or that is seen to be failing. */
export const EVENT_TYPE_OF_CHECK: Readonly<Record<CheckName, string>> = {
  'no-oversell': 'stock_oversell',
  'acknowledged-kept': 'order_lost',
  'exactly-once': 'order_doubled',
  'nothing-invented': 'order_invented',
  'per-user-limit': 'limit_exceeded',
  conservation: 'stock_astray',
  'never-negative': 'stock_negative',
  'justified-refusals': 'refused_wrongly',
  'sold-through': 'stock_unsold',
  'nothing-early': 'sold_outside_hours',
  linearizable: 'answers_contradict',
  'stale-reads': 'read_stale',
  'settled-cache': 'cache_stale',
  fairness: 'buyers_overtaken',
}

/** What else is told. */
export type EventType =
  | 'run_started'
  | 'run_finished'
  | 'step_started'
  | 'step_finished'
  | 'check_unknown'
  | 'threshold_missed'
  | 'target_said'
  | 'watch_started'
  | 'watch_finished'
  | 'line_malformed'
  | 'problem'
