/** Where a scale ends whose ticks nobody draws. */

/** 1, 1.5, 2, 3, 5 or 7 times a power of ten, at least so much. */
export function niceEnd(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 1.5, 2, 3, 5, 7, 10].map((factor) => factor * power).find((end) => end >= value * (1 - 1e-9))!
}
