/**
 * Draws a stretch of history: a lane a request, its bar from sent to answered. What each bar says stands beside it in
 * words, so that whoever can't see the bars misses nothing.
 */
import type { Lane, Proof } from '../model/page.ts'
import { escaped } from './escape.ts'
import { shortTime } from '../model/names.ts'

/** A bar that is shorter could not be seen. */
const LEAST_PERCENT = 0.8

export function drawnProof({ sentences, lengthMs, lanes, more }: Proof): string {
  const said = sentences.map((sentence) => `<p>${escaped(sentence)}</p>`).join('')
  const rest = more === '' ? '' : `<p class="more">${escaped(more)}</p>`
  if (lanes.length === 0) return `<div class="proof">${said}${rest}</div>`
  const drawn = lanes.map((lane) => drawnLane(lane, lengthMs)).join('')
  const scale = lengthMs === 0 ? '' : drawnScale(lengthMs)
  return `<div class="proof">${said}<ol class="lanes">${drawn}</ol>${scale}${rest}</div>`
}

function drawnScale(lengthMs: number): string {
  const times = [0, 0.25, 0.5, 0.75, 1].map((share) => `<span>${shortTime(lengthMs * share)}</span>`).join('')
  return `<div class="scale" aria-hidden="true">${times}</div>`
}

function drawnLane({ who, what, outcome, kind, fromMs, untilMs }: Lane, lengthMs: number): string {
  return `<li><span class="who">${escaped(who)}</span><span class="track" aria-hidden="true">${bar({ kind, fromMs, untilMs }, lengthMs)}</span><span class="what">${escaped(`${what}: ${outcome}`)}</span></li>`
}

function bar({ kind, fromMs, untilMs }: Pick<Lane, 'kind' | 'fromMs' | 'untilMs'>, lengthMs: number): string {
  if (fromMs === null) return ''
  const percent = (ms: number): number => (lengthMs === 0 ? 0 : (ms / lengthMs) * 100)
  const width = Math.max(LEAST_PERCENT, percent(untilMs ?? lengthMs) - percent(fromMs))
  const left = Math.min(percent(fromMs), 100 - width)
  const end = untilMs === null ? ' open' : ''
  return `<span class="bar ${kind}${end}" style="left:${left.toFixed(2)}%;width:${width.toFixed(2)}%"></span>`
}
