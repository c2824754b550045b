/** Figures of a gate as people read them: in its sentences and in every format of its report the same. */
import type { GateMetric } from './gate-record.ts'
import { formatCount, formatMs, formatShare } from './units.ts'

const NAME_OF: Readonly<Record<GateMetric, string>> = {
  goodputPerSec: 'goodput',
  p50Ms: 'p50',
  p99Ms: 'p99',
  errorRate: 'error rate',
  cpuMicrosPerOrder: 'CPU per order',
}

export function metricName(metric: GateMetric): string {
  return NAME_OF[metric]
}

/** In its own unit: "12.1ms", "12,800/s", "412us". */
export function valueWords(metric: GateMetric, value: number): string {
  switch (metric) {
    case 'goodputPerSec':
      return `${formatCount(value)}/s`
    case 'p50Ms':
    case 'p99Ms':
      return formatMs(value)
    case 'errorRate':
      return formatShare(value)
    case 'cpuMicrosPerOrder':
      return `${formatCount(value)}us`
  }
}

/** "5%", for a share "1 point". */
export function effectWords(metric: GateMetric, effect: number): string {
  const percent = (Math.abs(effect) * 100).toFixed(1).replace(/\.0$/, '')
  if (metric !== 'errorRate') return `${percent}%`
  return `${percent} ${percent === '1' ? 'point' : 'points'}`
}

/** "+15.7%", "-3%", "+0.2 points". */
export function signedEffect(metric: GateMetric, effect: number): string {
  const words = effectWords(metric, effect)
  return /^0 ?[p%]/.test(words) ? words : `${effect < 0 ? '-' : '+'}${words}`
}

/** "0.003", "<0.0001". */
export function probabilityWords(p: number): string {
  return p < 0.0001 ? '<0.0001' : String(Number(p.toPrecision(2)))
}
