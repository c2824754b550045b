/**
 * "Did you mean": the known name that an unknown one was most likely meant to be.
 */

/**
 * The nearest of `known`, or null when none is near enough to be worth a guess: the only one that begins so, else the
 * one with the fewest slips of the hand. Case does not count.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  const wanted = name.toLowerCase().slice(0, 64)
  const longer = known.filter((candidate) => candidate.toLowerCase().startsWith(wanted))
  if (longer.length === 1 && wanted.length >= SHORTEST_PREFIX) return longer[0]!
  let nearest: string | null = null
  let nearestDistance = Math.max(1, Math.floor(wanted.length * 0.4)) + 1
  for (const candidate of known) {
    const distance = editDistance(wanted, candidate.toLowerCase())
    if (distance < nearestDistance) {
      nearest = candidate
      nearestDistance = distance
    }
  }
  return nearest
}

const SHORTEST_PREFIX = 2

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      let cost = Math.min(replaced, last[j]! + 1, row[j - 1]! + 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1)
      row.push(cost)
    }
    beforeLast = last
    last = row
  }
  return last[b.length]!
}
