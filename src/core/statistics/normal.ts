/** The standard normal distribution, and Student's, which takes its place where the spread itself is an estimate. */

/** P(Z <= z): to 7e-8, by formula 26.2.17 of Abramowitz and Stegun (1964). */
export function normalCdf(z: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(z))
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  const tail = (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * series
  return z > 0 ? 1 - tail : tail
}

/** The z with P(Z <= z) = p, by bisection. Throws RangeError outside of 0 < p < 1. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`no quantile at ${p}`)
  let [low, high] = [-10, 10]
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2
    if (normalCdf(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** Of Student's t: its expansion by the normal quantile (Abramowitz and Stegun, 26.7.5), good from 3 degrees of freedom on. */
export function studentQuantile(p: number, freedom: number): number {
  const z = normalQuantile(p)
  const [z3, z5, z7] = [z ** 3, z ** 5, z ** 7]
  const terms = [(z3 + z) / 4, (5 * z5 + 16 * z3 + 3 * z) / 96, (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384]
  return terms.reduce((sum, term, index) => sum + term / freedom ** (index + 1), z)
}
