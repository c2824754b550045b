/** What tells the SKUs of a step apart: a number of them, or a matrix of attributes, each SKU one value of each. */
import { SCENARIO_LIMITS } from './limits.ts'

/** A count, or attributes with their values; an attribute with a number has so many values. */
export type WrittenSkus = number | Readonly<Record<string, number | readonly string[]>>

/** `sku-07`; of a matrix `cherry-large-batch-2`, the last attribute changing first. */
export function skuNames(written: WrittenSkus): string[] {
  if (typeof written === 'number') return numbered('sku', written)
  return Object.entries(written).reduce<string[]>(
    (names, [attribute, values]) => {
      const words = typeof values === 'number' ? numbered(attribute, values) : values
      return names.flatMap((name) => words.map((word) => (name === '' ? word : `${name}-${word}`)))
    },
    [''],
  )
}

/** How many names {@link skuNames} gives, without making them. */
function skuCount(written: WrittenSkus): number {
  if (typeof written === 'number') return written
  return Object.values(written).reduce<number>(
    (count, values) => count * (typeof values === 'number' ? values : values.length),
    1,
  )
}

/** Why these names can't be told apart, or not be sent; null: they can. */
export function skuProblem(written: WrittenSkus): string | null {
  const count = skuCount(written)
  if (count > SCENARIO_LIMITS.skus) return `makes ${count} SKUs; at most ${SCENARIO_LIMITS.skus} are possible`
  const names = skuNames(written)
  const long = names.find((name) => name.length > SCENARIO_LIMITS.skuNameLength)
  if (long !== undefined) {
    return `makes the SKU ${long.slice(0, 40)}..., which has ${long.length} characters; at most ${SCENARIO_LIMITS.skuNameLength} are possible`
  }
  const seen = new Set<string>()
  const twice = names.find((name) => seen.size === seen.add(name).size)
  return twice === undefined ? null : `makes the SKU ${twice} twice`
}

/** Leading zeros, so that they sort. */
function numbered(word: string, count: number): string[] {
  const digits = String(count).length
  return Array.from({ length: count }, (_, index) => `${word}-${String(index + 1).padStart(digits, '0')}`)
}
