/**
 * Several tests at once: p-values as they would have to be for one of them alone. Holm (1979): the chance that any of them
 * is a false alarm stays below the level, whatever they have to do with one another.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!)
  const adjusted: number[] = Array.from({ length: pValues.length })
  let largest = 0
  for (const [position, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, pValues[index]! * (pValues.length - position)))
    adjusted[index] = largest
  }
  return adjusted
}
