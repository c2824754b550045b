/** Copies what stood in a column that has become too short: `grown(old, new Float64Array(capacity))`. */
export function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}
