/** Durations, rates and shares: as people write them and as numbers. */

const MS_PER_UNIT: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

export const NS_PER_MS = 1_000_000

/** `250ms`, `5s`, `1.5m` in ms; null for anything else. A bare number has no unit and is refused. */
export function parseDurationMs(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(us|ms|s|m|h)$/.exec(text.trim())
  return match ? Number(match[1]) * MS_PER_UNIT[match[2]!]! : null
}

/** As {@link parseDurationMs} reads it again: in the largest unit of which it is a whole number, or in ms. */
export function durationWord(ms: number): string {
  const unit = (['h', 'm', 's'] as const).find((one) => ms > 0 && Number.isInteger(ms / MS_PER_UNIT[one]!)) ?? 'ms'
  return `${ms / MS_PER_UNIT[unit]!}${unit}`
}

/** `1%` or `0.01` as 0.01; null for anything that is no share from 0 to 1. */
export function parseShare(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text.trim())
  if (!match) return null
  const share = Number(match[1]) / (match[2] === '%' ? 100 : 1)
  return share <= 1 ? share : null
}

/** 12800 -> "12,800". */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** A quantity with its noun: "1 unit", "214 units". `plural` defaults to noun + s. */
export function formatQuantity(value: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(value)} ${Math.round(value) === 1 ? noun : plural}`
}

/** Three significant digits, ms below ten seconds, then s. */
export function formatMs(ms: number): string {
  if (!Number.isFinite(ms)) return '-'
  if (ms >= 10_000) return `${(ms / 1000).toPrecision(3)}s`
  if (ms >= 100) return `${Math.round(ms)}ms`
  if (ms >= 10) return `${ms.toFixed(1)}ms`
  return `${ms.toFixed(2)}ms`
}

/** 0.0123 -> "1.23%". */
export function formatShare(share: number): string {
  const percent = share * 100
  return `${percent === 0 || percent >= 10 ? Math.round(percent * 10) / 10 : Number(percent.toPrecision(3))}%`
}
