/** Keys of which only one may stand: whoever gives one takes the others away. */
const ALTERNATIVES: readonly (readonly string[])[] = [
  ['stock', 'sellThrough'],
  ['double', 'by'],
  ['rate', 'ramp', 'spike', 'replay'],
]

/** The keys that this one takes the place of. */
export function insteadOf(key: string | number): readonly string[] {
  const group = ALTERNATIVES.find((keys) => keys.includes(String(key)))
  return group?.filter((other) => other !== key) ?? []
}
