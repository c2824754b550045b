/** What the written form of a document is put together from: mappings, numbers, durations, shares, with their messages. */
import * as z from 'zod'
import { formatCount, formatMs, parseDurationMs } from '../units.ts'

/** A mapping that refuses keys it doesn't know: zod's message then lists the known ones, for a guess. */
export function mapping<Shape extends z.ZodRawShape>(
  expected: string,
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(',')
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? known : `must be ${expected}`),
  })
}

export function wholeNumber(of: string, min: number, max: number): z.ZodNumber {
  const error = `must be a whole number from ${formatCount(min)} to ${formatCount(max)} (${of})`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

export function duration(min: number, max: number, examples: string): z.ZodString {
  const error = durationError(min, max, examples)
  return z
    .string({ error })
    .regex(/^\d+(\.\d+)?\s*(us|ms|s|m|h)$/, { error, abort: true })
    .refine((text) => inBounds(parseDurationMs(text), min, max), { error, abort: true })
}

export function durationError(min: number, max: number, examples: string): string {
  return `must be a duration from ${spell(min)} to ${spell(max)} with its unit, such as ${examples}`
}

function spell(ms: number): string {
  return ms >= 3_600_000 ? `${ms / 3_600_000}h` : formatMs(ms).replace(/\.0+(?=m?s$)/, '')
}

function inBounds(value: number | null, min: number, max: number): boolean {
  return value !== null && value >= min && value <= max
}

/** A number from 0 to 1, or a percentage. */
export function share(of: string, { zero }: { readonly zero: boolean }) {
  const error = `must be a share from ${zero ? '0% to' : 'above 0% to'} 100% (${of}), such as 50% or 0.5`
  const number = z.number({ error }).max(1, { error })
  return z.union(
    [
      zero ? number.min(0, { error }) : number.gt(0, { error }),
      z
        .string({ error })
        .regex(/^\d+(\.\d+)?\s*%$/, { error, abort: true })
        .refine((text) => inBounds(Number.parseFloat(text), zero ? 0 : Number.MIN_VALUE, 100), { error }),
    ],
    { error },
  )
}
